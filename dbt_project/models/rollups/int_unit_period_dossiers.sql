-- Dossier counts by unit and period: what the unit handled itself, and what the units below it handled.
-- Reads the cube, never the dossiers. What is overdue depends on the period's as_of date.
with cells as (

    select
        c.unit_code,
        c.received_date,
        p.period_id,
        c.overdue_from_date <= p.as_of_date as is_overdue,
        c.received,
        c.online,
        c.obligated,
        c.obligated_paid_online,
        c.obligated_transactions,
        c.electronic_result,
        c.digitised,
        c.reused,
        c.personal_store,
        c.vneid_verified,
        c.dissatisfied,
        c.without_due_at,
        c.not_judged,
        c.resolved,
        c.early,
        c.on_the_day,
        c.overdue_resolved
    from {{ ref('fct_dossier_daily') }} as c
    inner join {{ ref('dim_period_day') }} as p on c.received_date = p.day

)

select
    a.ancestor_code as unit_code,
    c.period_id,
    a.depth = 0 as is_own,
    sum(c.received) as received,
    sum(c.online) as online,
    sum(c.obligated) as obligated,
    sum(c.obligated_paid_online) as obligated_paid_online,
    sum(c.obligated_transactions) as obligated_transactions,
    sum(c.electronic_result) as electronic_result,
    sum(c.digitised) as digitised,
    sum(c.reused) as reused,
    sum(c.personal_store) as personal_store,
    sum(c.vneid_verified) as vneid_verified,
    sum(c.without_due_at) as without_due_at,
    sum(case when c.is_overdue then c.received else 0 end) as overdue,
    sum(case when c.is_overdue then c.received else c.dissatisfied end) as overdue_or_dissatisfied,
    sum(c.not_judged) as not_judged,
    sum(c.resolved) as resolved,
    sum(c.early) as early,
    sum(c.on_the_day) as on_the_day,
    sum(c.overdue_resolved) as overdue_resolved,
    sum(c.received - c.not_judged - c.resolved) as running,
    sum(case when c.is_overdue then c.received - c.resolved else 0 end) as running_overdue
from cells as c
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        c.unit_code = a.descendant_code
        and c.received_date between a.holds_from and a.holds_to
group by
    a.ancestor_code,
    c.period_id,
    a.depth = 0
