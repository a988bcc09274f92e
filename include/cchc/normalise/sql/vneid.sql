-- Text to types for VNeID activation: cumulative counts of one commune at the end of a day. Two rows of one commune and
-- day that differ contradict each other.
with $typed,

told as (
    select
        *,
        min(row_hash) over (partition by file_no, commune_code, as_of_date)
        <> max(row_hash) over (partition by file_no, commune_code, as_of_date) as contradicts
    from typed
)

select
    t.* exclude ($texts, contradicts) replace (
        coalesce(t.fault, case when t.contradicts and t.commune_code is not null then 'contradiction' end) as fault
    ),
    case when commune.admin_code is null then 'commune_code' end as unknown_units,
    least(t.chip_card_holders, t.activated_level1, t.activated_level2) as least_amount,
    t.chip_card_holders is null or t.activated_level1 is null or t.activated_level2 is null as bad_amount,
    coalesce(
        case when t.chip_card_holders is null then shape(t.chip_card_holders_text) end,
        case when t.activated_level1 is null then shape(t.activated_level1_text) end,
        case when t.activated_level2 is null then shape(t.activated_level2_text) end
    ) as amount_shape
from told as t
left join known_communes as commune on t.commune_code = commune.admin_code and t.export_date = commune.export_date
