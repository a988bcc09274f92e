-- For the office only: how often each signal stands, by unit (those below count too) and period.
select
    s.unit_code,
    u.unit_name,
    u.level,
    s.period_id,
    p.period_kind,
    p.period_start,
    p.period_end,
    s.signal,
    s.signal_vi,
    s.signal_en,
    s.criterion,
    s.cases,
    s.of_cases,
    s.percent_of_cases,
    s.province_cases,
    s.province_of_cases,
    s.province_percent
from {{ ref('fct_integrity_summary') }} as s
inner join {{ ref('dim_period') }} as p on s.period_id = p.period_id
left join {{ ref('dim_unit_period') }} as u
    on
        s.unit_code = u.unit_code
        and s.period_id = u.period_id
