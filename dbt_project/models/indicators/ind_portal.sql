-- The portal's criteria as indicators. Where it publishes a ratio without its parts, the ratio stands: x of 100.
with figures as (

    select
        unit_code,
        period_id,
        criterion,
        numerator,
        denominator,
        published_percent,
        numerator is null and denominator is null and published_percent is not null as is_without_parts
    from {{ ref('fct_portal_figure') }}

)

select
    unit_code,
    period_id,
    criterion as indicator,
    cast(case when is_without_parts then published_percent else numerator end as decimal(18, 4)) as numerator,
    cast(case when is_without_parts then 100 else denominator end as decimal(18, 4)) as denominator,
    'portal' as source
from figures
where criterion not like 'GROUP:%'
