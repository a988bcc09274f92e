-- VNeID counts by unit and period. The counts are a stock: a commune brings its last delivered row of the period, a
-- parent the sum of its communes. A commune that ended before the as_of date keeps its own row, but its successor
-- already counts its people, so the parent leaves it out.
with ranked as (

    select
        v.unit_code,
        v.export_date,
        v.chip_card_holders,
        v.activated,
        p.period_id,
        p.as_of_date,
        row_number() over (partition by v.unit_code, p.period_id order by v.export_date desc) as position
    from {{ ref('fct_vneid_activation') }} as v
    inner join {{ ref('dim_period_day') }} as p on v.export_date = p.day
    where v.unit_code is not null

),

last_rows as (

    select
        r.unit_code,
        r.export_date,
        r.chip_card_holders,
        r.activated,
        r.period_id,
        u.unit_code is not null as is_valid_at_as_of
    from ranked as r
    left join {{ ref('stg_units') }} as u
        on
            r.unit_code = u.unit_code
            and r.as_of_date between u.valid_from and coalesce(u.valid_to, {{ doomsday() }})
    where r.position = 1

)

select
    a.ancestor_code as unit_code,
    r.period_id,
    sum(r.chip_card_holders) as chip_card_holders,
    sum(r.activated) as activated
from last_rows as r
inner join {{ ref('dim_unit_ancestry') }} as a
    on
        r.unit_code = a.descendant_code
        and r.export_date between a.holds_from and a.holds_to
where
    a.depth = 0
    or r.is_valid_at_as_of
group by
    a.ancestor_code,
    r.period_id
