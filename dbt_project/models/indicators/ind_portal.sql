-- The portal's criteria as indicators. Where it publishes a ratio without its parts, the ratio stands: x of 100.
select
    unit_code,
    period_id,
    criterion as indicator,
    cast(case when numerator is null and denominator is null then published_percent else numerator end as decimal(18, 4)) as numerator,
    cast(case when numerator is null and denominator is null and published_percent is not null then 100 else denominator end as decimal(18, 4))
        as denominator,
    'portal' as source
from {{ ref('fct_portal_figure') }}
where criterion not like 'GROUP:%'
