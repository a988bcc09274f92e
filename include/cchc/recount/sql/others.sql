-- Petitions, VNeID counts and the portal's figures of the period: one row each. In and out as in dossiers.sql.

-- Ratings are no petitions. One without a due time is in time.
create table counted_petitions as
select
    unit,
    cast(received_at as date) as day,
    coalesce(coalesce(answered_at, getvariable('as_of')) <= due_at, true) as on_time,
    coalesce(not satisfied, false) as dissatisfied
from (
    select * from feedback
    qualify row_number() over (
        partition by feedback_code
        order by export_date desc, delivering_unit desc, row_number desc, system desc
    ) = 1
)
where kind in ('regulation', 'staff')
    and cast(received_at as date) between getvariable('period_start') and getvariable('period_end');

-- The counts are a stock: the last day of the period on which the commune was told of, and of that day its last row.
create table counted_vneid as
select u.agency_code as unit, v.export_date as day, v.chip_card_holders, v.activated_level1 + v.activated_level2 as activated
from (
    select * from vneid
    where export_date between getvariable('period_start') and getvariable('period_end')
    qualify row_number() over (
        partition by commune_code, export_date
        order by as_of_date desc, system desc, delivering_unit desc, row_number desc
    ) = 1
) as v
inner join reg_units as u
    on u.level = 'commune' and v.commune_code = u.admin_code
    and v.export_date >= u.valid_from and (u.valid_to is null or v.export_date <= u.valid_to)
qualify row_number() over (partition by u.agency_code order by v.export_date desc) = 1;

create table portal_figures as
select
    unit_code as unit,
    criterion,
    if(numerator is null and denominator is null, published_ratio, numerator) as numerator,
    if(numerator is null and denominator is null and published_ratio is not null, 100, denominator) as denominator
from (
    select * from portal
    where period_start = getvariable('period_start') and period_end = getvariable('period_end')
    qualify row_number() over (
        partition by unit_code, criterion
        order by export_date desc, system desc, delivering_unit desc, row_number desc
    ) = 1
)
where criterion not like 'GROUP:%';

-- What units declare: the last declaration of each figure, by the day that it names, then as delivered.
create table declared_figures as
select unit, criterion, numerator, denominator
from declared
where period_start = getvariable('period_start') and period_end = getvariable('period_end')
qualify row_number() over (
    partition by unit, criterion
    order by declared_at desc, export_date desc, system desc, delivering_unit desc, row_number desc
) = 1;
