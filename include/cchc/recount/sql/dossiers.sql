-- What each dossier of the period counts for. In: the accepted rows of `dossiers`, `payments`, `feedback`, `apologies`;
-- the registry's `reg_*`; `workdays`; the variables period_start, period_end, as_of. Out: `counted_dossiers`, one row a dossier.

-- The row of a dossier that stands: of the latest export date, then the latest update, then the last row.
create table standing as
select *
from dossiers
qualify row_number() over (
    partition by system, dossier_code
    order by export_date desc, updated_at desc nulls last, delivering_unit desc, row_number desc
) = 1;

-- What names a dossier by its number: payments that succeeded and were not given back, feedback of the dissatisfied,
-- letters of apology that were sent. Each as last delivered.
create table naming as
with told as (
    select *, row_number() over () as nth
    from (
        select 'payment' as kind, dossier_code, unit, cast(null as timestamp) as signed_at
        from (
            select * from payments
            qualify row_number() over (
                partition by transaction_code, outcome
                order by export_date desc, delivering_unit desc, row_number desc, system desc
            ) = 1
        )
        where outcome = 'succeeded'
            and transaction_code not in (select transaction_code from payments where outcome = 'refunded')
        union all
        select 'dissatisfied', dossier_code, unit, null
        from (
            select * from feedback
            qualify row_number() over (
                partition by feedback_code
                order by export_date desc, delivering_unit desc, row_number desc, system desc
            ) = 1
        )
        where satisfied = false
        union all
        select 'letter', dossier_code, unit, signed_at
        from (
            select * from apologies
            qualify row_number() over (
                partition by unit, dossier_code, letter_number
                order by export_date desc, delivering_unit desc, row_number desc, system desc
            ) = 1
        )
        where sent
    )
    where dossier_code is not null
),

-- Systems number their dossiers as they like: of several with one number it is the one that the naming unit handles,
-- else the one that it received or delivered; where that leaves more than one, nobody knows, and none is meant.
met as (
    select
        t.nth,
        t.kind,
        t.signed_at,
        s.system,
        s.dossier_code,
        coalesce(s.handling_unit = t.unit, false) as handles,
        coalesce(s.receiving_unit = t.unit or s.delivering_unit = t.unit, false) as touches
    from told as t
    inner join standing as s on t.dossier_code = s.dossier_code
)

select kind, signed_at, system, dossier_code
from met
qualify
    count(*) over (partition by nth) = 1
    or (handles and count(*) filter (where handles) over (partition by nth) = 1)
    or (
        touches
        and count(*) filter (where handles) over (partition by nth) = 0
        and count(*) filter (where touches) over (partition by nth) = 1
    );

create table named as
select
    system,
    dossier_code,
    count(*) filter (where kind = 'payment') as payments,
    count(*) filter (where kind = 'dissatisfied') > 0 as dissatisfied,
    cast(min(signed_at) filter (where kind = 'letter') as date) as apologised_on
from naming
group by system, dossier_code;

create table received as
select s.*, cast(s.received_at as date) as received_on, r.* exclude (source, name_vi, name_en)
from standing as s
left join reg_rules_in_force as f
    on cast(s.received_at as date) >= f.valid_from
    and (f.valid_to is null or cast(s.received_at as date) <= f.valid_to)
left join reg_timeliness_rules as r on f.rule_set = r.rule_set
where cast(s.received_at as date) between getvariable('period_start') and getvariable('period_end');

-- When it ended: the first date there is, of those that its rule set lets end a dossier of its status.
create table ended as
select system, dossier_code, arg_min(ended_at, position) as ended_at
from (
    select
        d.system,
        d.dossier_code,
        e.position,
        case e.end_basis
            when 'finished' then d.finished_at
            when 'returned' then d.returned_at
            when 'refused' then d.refused_at
            when 'supplement_requested' then if(d.supplement_count = 1, d.first_supplement_requested_at, null)
        end as ended_at
    from received as d
    inner join reg_ending_rules as e on d.rule_set = e.rule_set and d.status = e.status
)
where ended_at is not null
group by system, dossier_code;

-- The catalogue says what a procedure costs and how long it may take: as of the day of receipt, else of the export.
create table catalogued as
select
    d.*,
    e.ended_at,
    if(d.minus_supplement, coalesce(d.supplement_wait_seconds, 0), 0) * interval 1 second as waited,
    coalesce(if(p.is_open or d.received_on <= p.valid_to, p.fee_vnd, null),
        if(q.is_open or d.export_date <= q.valid_to, q.fee_vnd, null)) as fee_vnd,
    coalesce(if(p.is_open or d.received_on <= p.valid_to, p.max_days, null),
        if(q.is_open or d.export_date <= q.valid_to, q.max_days, null)) as max_days,
    if(if(p.is_open or d.received_on <= p.valid_to, p.max_days, null) is not null, p.day_kind, q.day_kind) as day_kind
from received as d
left join ended as e using (system, dossier_code)
asof left join (select *, valid_to is null as is_open from reg_procedures) as p
    on d.procedure_code = p.procedure_code and d.received_on >= p.valid_from
asof left join (select *, valid_to is null as is_open from reg_procedures) as q
    on d.procedure_code = q.procedure_code and d.export_date >= q.valid_from;

-- Without a due time the rule may take the catalogue's longest time; while the dossier is open, waiting adds to it.
create table due as
select
    d.* exclude (due_at),
    case
        when d.due_at is not null then d.due_at
        when d.without_due = 'by_catalogue'
            then d.received_at
                + if(d.day_kind = 'working', greatest(l.day - d.received_on, 0), d.max_days) * interval 1 day
                + if(d.ended_at is null, d.waited, interval 0 second)
    end as due_at
from catalogued as d
left join workdays as w on d.received_on = w.day
left join workdays as l on l.is_workday and w.number + d.max_days = l.number;

create table judged as
select
    *,
    case
        when rule_set is null then 'not judged'
        when status = 7 and withdrawn = 'out' then 'not judged'
        when status = 7 and withdrawn = 'on_time' then 'on time'
        when status = 5 and several_supplements = 'overdue' and coalesce(supplement_count, 0) > 1 then 'overdue'
        when status = 5 and ended_at is null and waiting in ('processed', 'in_time') then 'on time'
        when due_at is null then if(without_due = 'on_time', 'on time', 'not judged')
        when compare = 'day' and ended_at is null
            then if(cast(getvariable('as_of') as date) <= cast(due_at as date), 'on time', 'overdue')
        when compare = 'day'
            then if(cast(ended_at - waited as date) <= cast(due_at as date), 'on time', 'overdue')
        when coalesce(ended_at - waited, getvariable('as_of')) <= due_at then 'on time'
        else 'overdue'
    end as verdict
from due;

create table counted_dossiers as
select
    j.handling_unit as unit,
    j.received_on as day,
    1 as received,
    j.verdict = 'not judged' as not_judged,
    j.verdict = 'overdue' as overdue,
    j.verdict <> 'overdue' and not coalesce(n.dissatisfied, false) as satisfied,
    j.verdict = 'overdue' and coalesce(n.apologised_on <= cast(getvariable('as_of') as date), false) as apologised,
    j.channel = 'online' as online,
    j.procedure_code,
    coalesce(j.fee_vnd > 0, false) as fee_bearing,
    coalesce(j.fee_vnd > 0 and not (coalesce(j.fee_count, 0) > 0 and j.fee_total_vnd = 0), false) as obligated,
    coalesce(j.online_payment in (1, 2), false) as paid_online,
    coalesce(n.payments, 0) as payments,
    coalesce(j.has_electronic_result, false) as electronic_result,
    coalesce(j.has_digitised_parts, false) as digitised,
    coalesce(j.reused_part, false) as reused,
    coalesce(j.from_personal_store, false) as personal_store,
    coalesce(j.vneid_verified, false) as vneid_verified
from judged as j
left join named as n using (system, dossier_code);
