-- What the office should look at, counted by unit, period and signal. Full marks on zero cases are one row a criterion of
-- the period's default method.
with full_marks as (

    select
        s.unit_code,
        s.period_id,
        g.signal,
        g.name_vi as signal_vi,
        g.name_en as signal_en,
        s.criterion
    from {{ ref('fct_unit_score') }} as s
    inner join {{ ref('fct_period_method') }} as m
        on
            s.period_id = m.period_id
            and s.method = m.method
            and m.is_default
    inner join {{ ref('dim_period') }} as p on s.period_id = p.period_id
    inner join {{ ref('dim_integrity_signal') }} as g
        on
            g.signal = 'full_marks_on_zero_cases'
            and coalesce(p.as_of_date, p.period_end) between g.valid_from and g.valid_to
    where
        s.denominator = 0
        and s.score = s.max_score

),

counted as (

    select
        unit_code,
        period_id,
        signal,
        signal_vi,
        signal_en,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cases,
        of_cases,
        cast(null as bigint) as province_cases,
        cast(null as bigint) as province_of_cases
    from {{ ref('int_unit_period_cases') }}

    union all

    select
        unit_code,
        period_id,
        signal,
        signal_vi,
        signal_en,
        null as criterion,
        cases,
        of_cases,
        province_cases,
        province_of_cases
    from {{ ref('int_unit_period_piled_ends') }}

    union all

    select
        unit_code,
        period_id,
        signal,
        signal_vi,
        signal_en,
        criterion,
        0 as cases,
        0 as of_cases,
        null as province_cases,
        null as province_of_cases
    from full_marks

)

select
    unit_code,
    period_id,
    signal,
    signal_vi,
    signal_en,
    criterion,
    cases,
    of_cases,
    case when of_cases > 0 then {{ half_up_percent('cases', 'of_cases') }} end as percent_of_cases,
    province_cases,
    province_of_cases,
    case when province_of_cases > 0 then {{ half_up_percent('province_cases', 'province_of_cases') }} end as province_percent
from counted
