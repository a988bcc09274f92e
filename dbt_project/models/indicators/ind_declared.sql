-- Declared figures as indicators: the declaration in force of each unit, criterion and period. A parent's is its own.
-- What only a template knows is no indicator: it stands in pub_declared_part.
select
    unit_code,
    period_id,
    criterion as indicator,
    numerator,
    denominator,
    'declared' as source
from {{ ref('fct_declared_figure') }}
where
    is_current
    and period_id is not null
    and criterion in (select indicator from {{ ref('dim_indicator') }})
