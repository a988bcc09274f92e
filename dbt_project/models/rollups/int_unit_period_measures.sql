-- Everything the indicators of the exports are made of, once per unit and period; zero where nothing was counted, null
-- where the catalogue can't say (catalogue_gap).
with dossiers as (

    select
        unit_code,
        period_id,
        sum(received) as received,
        sum(online) as online,
        sum(obligated) as obligated,
        sum(obligated_paid_online) as obligated_paid_online,
        sum(obligated_transactions) as obligated_transactions,
        sum(electronic_result) as electronic_result,
        sum(digitised) as digitised,
        sum(reused) as reused,
        sum(personal_store) as personal_store,
        sum(vneid_verified) as vneid_verified,
        sum(without_due_at) as without_due_at,
        sum(not_judged) as not_judged,
        sum(overdue) as overdue,
        sum(overdue_or_dissatisfied) as overdue_or_dissatisfied
    from {{ ref('int_unit_period_dossiers') }}
    group by
        unit_code,
        period_id

)

select
    u.unit_code,
    u.period_id,
    coalesce(d.received, 0) as received,
    coalesce(d.received - d.not_judged, 0) as judged,
    coalesce(d.received - d.not_judged - d.overdue, 0) as on_time,
    coalesce(d.received - d.overdue_or_dissatisfied, 0) as satisfied,
    coalesce(d.online, 0) as online,
    coalesce(d.obligated, 0) as obligated,
    coalesce(d.obligated_paid_online, 0) as obligated_paid_online,
    coalesce(d.obligated_transactions, 0) as obligated_transactions,
    coalesce(d.electronic_result, 0) as electronic_result,
    coalesce(d.digitised, 0) as digitised,
    coalesce(d.reused, 0) as reused,
    coalesce(d.personal_store, 0) as personal_store,
    coalesce(d.vneid_verified, 0) as vneid_verified,
    coalesce(d.without_due_at, 0) as without_due_at,
    coalesce(d.overdue, 0) as overdue,
    coalesce(l.overdue_with_apology, 0) as overdue_with_apology,
    coalesce(f.petitions, 0) as petitions,
    coalesce(f.petitions - f.petitions_overdue, 0) as petitions_on_time,
    coalesce(f.petitions - f.petitions_overdue_or_dissatisfied, 0) as petitions_satisfied,
    coalesce(v.chip_card_holders, 0) as chip_card_holders,
    coalesce(v.activated, 0) as vneid_activated,
    coalesce(n.fee_procedures, 0) as fee_procedures,
    coalesce(n.fee_procedures_paid_online, 0) as fee_procedures_paid_online,
    n.authority_procedures,
    n.offered_procedures,
    n.used_procedures,
    case when n.unit_code is null then 'authority_unknown' else n.catalogue_gap end as catalogue_gap
from {{ ref('dim_unit_period') }} as u
left join dossiers as d
    on
        u.unit_code = d.unit_code
        and u.period_id = d.period_id
left join {{ ref('int_unit_period_apologies') }} as l
    on
        u.unit_code = l.unit_code
        and u.period_id = l.period_id
left join {{ ref('int_unit_period_petitions') }} as f
    on
        u.unit_code = f.unit_code
        and u.period_id = f.period_id
left join {{ ref('int_unit_period_vneid') }} as v
    on
        u.unit_code = v.unit_code
        and u.period_id = v.period_id
left join {{ ref('int_unit_period_procedures') }} as n
    on
        u.unit_code = n.unit_code
        and u.period_id = n.period_id
where u.is_registered
