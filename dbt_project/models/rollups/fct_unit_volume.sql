{{ config(schema='marts', contract={'enforced': true}) }}
-- noqa: disable=LT02
-- The counts of the report forms (II.06) by unit, period and scope: the unit's own desk, all units below, both.
with scoped as (

    select
        'subtree' as scope,
        d.*
    from {{ ref('int_unit_period_dossiers') }} as d

    union all

    select
        case when d.is_own then 'own' else 'below' end as scope,
        d.*
    from {{ ref('int_unit_period_dossiers') }} as d

)

select
    unit_code,
    period_id,
    scope,
    {% for measure in [
        'received', 'online', 'not_judged', 'resolved', 'early', 'on_the_day', 'overdue_resolved', 'running', 'running_overdue', 'digitised'
    ] -%}
        cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor -%}
from scoped
group by
    unit_code,
    period_id,
    scope
