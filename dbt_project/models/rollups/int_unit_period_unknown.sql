-- What is not known of a unit in a period, those below it included: held rows, each once, and what deliveries of
-- dossiers that are missing or can't be read may hold. One row for each kind of what it may change.
with held as (

    select
        a.ancestor_code as unit_code,
        p.period_id,
        h.unknown_kind,
        count(distinct h.row_key) as n_rows
    from {{ ref('int_held_place') }} as h
    inner join {{ ref('dim_period') }} as p
        on
            h.first_day <= p.period_end
            and h.last_day >= p.period_start
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            h.unit_code = a.descendant_code
            and h.last_day between a.holds_from and a.holds_to
    group by
        a.ancestor_code,
        p.period_id,
        h.unknown_kind

),

unread as (

    select
        a.ancestor_code as unit_code,
        u.period_id,
        sum(u.n_rows) as n_rows
    from {{ ref('int_unread_delivery') }} as u
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            u.unit_code = a.descendant_code
            and u.export_date between a.holds_from and a.holds_to
    group by
        a.ancestor_code,
        u.period_id

),

united as (

    select
        unit_code,
        period_id,
        unknown_kind,
        n_rows
    from held

    union all

    select
        unit_code,
        period_id,
        'dossiers' as unknown_kind,
        n_rows
    from unread

)

select
    unit_code,
    period_id,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'dossiers'), 0) as bigint) as dossiers,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'petitions'), 0) as bigint) as petitions,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'ratings'), 0) as bigint) as ratings,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'payments'), 0) as bigint) as payments,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'letters'), 0) as bigint) as letters,
    cast(coalesce(sum(n_rows) filter (where unknown_kind = 'vneid'), 0) as bigint) as vneid
from united
group by
    unit_code,
    period_id
