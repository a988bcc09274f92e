-- Distinct procedures by unit and period, those of the units below included, each once: of the dossiers received, and
-- of the catalogue as of the period's as_of day.
--
-- A unit's authority (thẩm quyền) are the procedures of its own level and of the levels of the units below it. Where the
-- catalogue has none of its own level, or one without a level, nobody can say what is in its authority
-- (authority_unknown): departments, for the catalogue does not say which of them a procedure of the province is of.
-- Where the catalogue does not say of every procedure in the authority whether it is online (unverified), no share of
-- them is known (online_level_unknown). In both cases the counts are null, never zero.
with units as (

    select
        a.ancestor_code as unit_code,
        p.period_id,
        u.level,
        bool_or(a.depth = 0) as is_own_level
    from {{ ref('dim_period') }} as p
    inner join {{ ref('dim_unit_ancestry') }} as a
        on coalesce(p.as_of_date, p.period_end) between a.holds_from and a.holds_to
    inner join {{ ref('stg_units') }} as u
        on
            a.descendant_code = u.unit_code
            and coalesce(p.as_of_date, p.period_end) between u.valid_from and coalesce(u.valid_to, {{ doomsday() }})
    group by
        a.ancestor_code,
        p.period_id,
        u.level

),

catalogue as (

    select
        p.period_id,
        c.procedure_code,
        c.level,
        c.online_level in ('partial', 'full') as is_offered,
        coalesce(c.online_level in ('partial', 'full', 'none'), false) as is_online_level_known,
        bool_or(c.level is null) over (partition by p.period_id) as has_procedure_without_level
    from {{ ref('dim_period') }} as p
    inner join {{ ref('dim_procedure_in_force') }} as c
        on coalesce(p.as_of_date, p.period_end) between c.valid_from and c.valid_to

),

levels as (

    select
        period_id,
        level,
        bool_or(has_procedure_without_level) as has_procedure_without_level,
        count(*) as procedures,
        count(*) filter (where is_offered) as offered,
        bool_and(is_online_level_known) as is_known
    from catalogue
    where level is not null
    group by
        period_id,
        level

),

authority as (

    select
        u.unit_code,
        u.period_id,
        sum(l.procedures) as procedures,
        sum(l.offered) as offered,
        case
            when not bool_or(u.is_own_level and l.procedures is not null) or bool_or(l.has_procedure_without_level)
                then 'authority_unknown'
            when not bool_and(coalesce(l.is_known, true)) then 'online_level_unknown'
        end as catalogue_gap
    from units as u
    left join levels as l
        on
            u.period_id = l.period_id
            and u.level = l.level
    group by
        u.unit_code,
        u.period_id

),

with_dossiers as (

    select
        a.ancestor_code as unit_code,
        p.period_id,
        d.procedure_code,
        bool_or(d.has_online) as has_online,
        bool_or(d.is_fee_bearing) as is_fee_bearing,
        bool_or(d.has_online_payment) as has_online_payment
    from {{ ref('int_procedure_daily') }} as d
    inner join {{ ref('dim_period_day') }} as p on d.received_date = p.day
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            d.unit_code = a.descendant_code
            and d.received_date between a.holds_from and a.holds_to
    group by
        a.ancestor_code,
        p.period_id,
        d.procedure_code

),

counted as (

    select
        d.unit_code,
        d.period_id,
        count(*) filter (where d.is_fee_bearing) as fee_procedures,
        count(*) filter (where d.has_online_payment) as fee_procedures_paid_online,
        count(*) filter (where d.has_online and c.is_offered and u.unit_code is not null) as used
    from with_dossiers as d
    left join catalogue as c
        on
            d.period_id = c.period_id
            and d.procedure_code = c.procedure_code
    left join units as u
        on
            d.unit_code = u.unit_code
            and d.period_id = u.period_id
            and c.level = u.level
    group by
        d.unit_code,
        d.period_id

)

select
    coalesce(a.unit_code, n.unit_code) as unit_code,
    coalesce(a.period_id, n.period_id) as period_id,
    coalesce(n.fee_procedures, 0) as fee_procedures,
    coalesce(n.fee_procedures_paid_online, 0) as fee_procedures_paid_online,
    case when a.unit_code is null then 'authority_unknown' else a.catalogue_gap end as catalogue_gap,
    case when a.unit_code is not null and a.catalogue_gap is null then a.procedures end as authority_procedures,
    case when a.unit_code is not null and a.catalogue_gap is null then a.offered end as offered_procedures,
    case when a.unit_code is not null and a.catalogue_gap is null then coalesce(n.used, 0) end as used_procedures
from authority as a
full outer join counted as n
    on
        a.unit_code = n.unit_code
        and a.period_id = n.period_id
