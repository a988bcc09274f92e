-- Units whose share of ends on the due day lies far above that of their province in the same period. Shares are compared
-- as whole numbers, multiplied out; enough ends are asked for, so that a share means something.
select
    u.unit_code,
    u.period_id,
    s.signal,
    s.name_vi as signal_vi,
    s.name_en as signal_en,
    u.ends_on_due_day as cases,
    u.ends as of_cases,
    w.ends_on_due_day as province_cases,
    w.ends as province_of_cases
from {{ ref('int_unit_period_ends') }} as u
inner join {{ ref('dim_unit_period') }} as d
    on
        u.unit_code = d.unit_code
        and u.period_id = d.period_id
inner join {{ ref('int_unit_period_ends') }} as w
    on
        d.province_code = w.unit_code
        and u.period_id = w.period_id
inner join {{ ref('dim_period') }} as p on u.period_id = p.period_id
inner join {{ ref('dim_integrity_signal') }} as s
    on
        s.signal = 'ends_piled_on_due_day'
        and coalesce(p.as_of_date, p.period_end) between s.valid_from and s.valid_to
where
    u.ends >= s.limit_cases
    and cast(100 * (u.ends_on_due_day * w.ends - w.ends_on_due_day * u.ends) as decimal(38, 4))
    >= s.limit_percent * cast(u.ends * w.ends as decimal(28, 0))
