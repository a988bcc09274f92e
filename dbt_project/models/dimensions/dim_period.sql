-- noqa: disable=LT02
-- Every month, quarter and year that a business day of the exports touches or the portal publishes, the whole span of
-- the exports, and the registry's own periods where exports touch them. One row per (start, end): consumers key on it.
with business_days as (

    select distinct export_date
    from {{ ref('stg_deliveries') }}
    where dataset not in {{ by_period() }}

),

last_day as (

    select max(export_date) as last_business_day
    from {{ ref('stg_deliveries') }}
    where
        dataset not in {{ by_period() }}
        and outcome = 'accepted'
        and is_in_force

),

portal_periods as (

    select distinct
        period_start,
        period_end
    from {{ ref('stg_portal') }}

),

candidates as (

    {% for kind, length in [('month', '1 month'), ('quarter', '3 months'), ('year', '1 year')] -%}
        select distinct
            '{{ kind }}' as period_kind,
            {{ loop.index }} as preference,
            cast(date_trunc('{{ kind }}', export_date) as date) as period_start,
            cast(date_trunc('{{ kind }}', export_date) + interval '{{ length }}' as date) - 1 as period_end
        from business_days

        union all

        select
            '{{ kind }}' as period_kind,
            {{ loop.index }} as preference,
            period_start,
            period_end
        from portal_periods
        where
            period_start = cast(date_trunc('{{ kind }}', period_start) as date)
            and period_end = cast(date_trunc('{{ kind }}', period_start) + interval '{{ length }}' as date) - 1

        union all

    {% endfor -%}

    select
        'custom' as period_kind,
        4 as preference,
        r.period_start,
        r.period_end
    from {{ ref('stg_periods') }} as r
    where exists (select 1 from business_days as b where b.export_date between r.period_start and r.period_end)

    union all

    select
        'custom' as period_kind,
        4 as preference,
        period_start,
        period_end
    from portal_periods

    union all

    select
        'to_date' as period_kind,
        5 as preference,
        min(export_date) as period_start,
        max(export_date) as period_end
    from business_days
    having count(*) > 0

),

preferred as (

    select
        period_start,
        period_end,
        min(preference) as preference,
        bool_or(period_kind = 'to_date') as is_to_date
    from candidates
    group by
        period_start,
        period_end

),

labelled as (

    select
        period_start,
        period_end,
        case preference when 1 then 'month' when 2 then 'quarter' when 3 then 'year' when 4 then 'custom' else 'to_date' end as period_kind,
        is_to_date,
        cast(extract(year from period_start) as {{ dbt.type_string() }}) as year_text,
        cast(extract(month from period_start) as {{ dbt.type_string() }}) as month_text,
        cast(extract(quarter from period_start) as integer) as quarter,
        {% for column in ['period_start', 'period_end'] -%}
            lpad(cast(extract(day from {{ column }}) as {{ dbt.type_string() }}), 2, '0')
            || '/' || lpad(cast(extract(month from {{ column }}) as {{ dbt.type_string() }}), 2, '0')
            || '/' || cast(extract(year from {{ column }}) as {{ dbt.type_string() }}) as {{ column }}_text{{ ',' if not loop.last }}
        {% endfor -%}
    from preferred

),

report_labels as (

    select
        period_start,
        period_end,
        min(label_vi) as label_vi,
        min(label_en) as label_en,
        min(series) as series
    from {{ ref('stg_periods') }}
    group by
        period_start,
        period_end

)

select
    cast(p.period_start as {{ dbt.type_string() }}) || '_' || cast(p.period_end as {{ dbt.type_string() }}) as period_id,
    p.period_kind,
    p.is_to_date,
    p.period_start,
    p.period_end,
    least(p.period_end, d.last_business_day) as as_of_date,
    coalesce(d.last_business_day >= p.period_end, false) as is_complete,
    case
        when p.period_kind in ('month', 'quarter', 'year') then p.period_kind
        when p.period_kind = 'custom' then r.series
    end as period_series,
    case p.period_kind
        when 'month' then 'Tháng ' || p.month_text || '/' || p.year_text
        when 'quarter'
            then 'Quý ' || case p.quarter when 1 then 'I' when 2 then 'II' when 3 then 'III' else 'IV' end || '/' || p.year_text
        when 'year' then 'Năm ' || p.year_text
        else coalesce(r.label_vi, 'Từ ' || p.period_start_text || ' đến ' || p.period_end_text)
    end as label_vi,
    case p.period_kind
        when 'month' then 'Month ' || p.month_text || '/' || p.year_text
        when 'quarter' then 'Q' || cast(p.quarter as {{ dbt.type_string() }}) || ' ' || p.year_text
        when 'year' then 'Year ' || p.year_text
        else coalesce(r.label_en, p.period_start_text || ' to ' || p.period_end_text)
    end as label_en
from labelled as p
cross join last_day as d
left join report_labels as r
    on
        p.period_start = r.period_start
        and p.period_end = r.period_end
