-- The calendar of the registry, stretched to whole years around every delivery.
-- Days the registry does not list follow the week: Saturday and Sunday off.
with bounds as (

    select
        least(min(first_day), cast('2025-01-01' as date)) as first_day,
        greatest(max(last_day), cast('2026-12-31' as date)) as last_day
    from (
        select
            min(day) as first_day,
            max(day) as last_day
        from {{ ref('stg_calendar') }}

        union all

        select
            cast(date_trunc('year', min(export_date)) as date) as first_day,
            cast(date_trunc('year', max(export_date)) + interval '1 year' as date) - 1 as last_day
        from {{ ref('stg_deliveries') }}
    ) as known

),

days as (

    select {{ days_between('first_day', 'last_day') }} as day
    from bounds

),

numbered as (

    select
        day,
        cast(extract(year from day) as integer) as year,
        cast(extract(quarter from day) as integer) as quarter,
        cast(extract(month from day) as integer) as month,
        cast({{ iso_weekday('day') }} as integer) as weekday
    from days

)

select
    n.day,
    n.year,
    n.quarter,
    n.month,
    n.weekday,
    n.year * 10 + n.quarter as quarter_key,
    n.year * 100 + n.month as month_key,
    coalesce(c.is_working_day, n.weekday < 6) as is_working_day,
    cast(sum(case when coalesce(c.is_working_day, n.weekday < 6) then 1 else 0 end) over (order by n.day) as integer) as working_day_number,
    c.holiday_vi,
    c.holiday_en,
    case n.weekday when 7 then 'Chủ nhật' else 'Thứ ' || cast(n.weekday + 1 as {{ dbt.type_string() }}) end as weekday_vi,
    'Tháng ' || cast(n.month as {{ dbt.type_string() }}) || '/' || cast(n.year as {{ dbt.type_string() }}) as month_vi,
    'Quý ' || case n.quarter when 1 then 'I' when 2 then 'II' when 3 then 'III' else 'IV' end
    || '/' || cast(n.year as {{ dbt.type_string() }}) as quarter_vi
from numbered as n
left join {{ ref('stg_calendar') }} as c on n.day = c.day
