{{ config(schema='marts', contract={'enforced': true}) }}
-- Figures of reports beside what the warehouse counts. A percentage fits half-up or truncated at its stated digits
-- (one article uses both); counts must be equal. Corrections stay suggestions, the published value is never replaced.
with figures as (

    select
        f.*,
        p.period_id,
        case f.measure
            when 'on_time' then v.early + v.on_the_day
            when 'on_time_percent' then v.early + v.on_the_day
            when 'overdue' then v.overdue_resolved
            when 'overdue_percent' then v.overdue_resolved
            when 'received' then v.received
            when 'resolved' then v.resolved
            when 'early' then v.early
            when 'early_percent' then v.early
            when 'on_the_day' then v.on_the_day
            when 'overdue_resolved' then v.overdue_resolved
            when 'running' then v.running
            when 'running_overdue' then v.running_overdue
            when 'online' then v.online
            when 'online_percent' then v.online
            when 'digitised' then v.digitised
            when 'digitised_percent' then v.digitised
        end as numerator,
        case
            when f.unit_of_measure <> 'percent' then null
            when f.measure in ('online_percent', 'digitised_percent') then v.received
            else v.resolved
        end as denominator,
        case f.decimals when 0 then 1 when 1 then 10 when 2 then 100 when 3 then 1000 else 10000 end as scale,
        case f.decimals when 0 then 10000 when 1 then 1000 when 2 then 100 when 3 then 10 else 1 end as step
    from {{ ref('stg_published') }} as f
    left join {{ ref('dim_period') }} as p
        on
            f.period_start = p.period_start
            and f.period_end = p.period_end
    left join {{ ref('fct_unit_volume') }} as v
        on
            p.period_id = v.period_id
            and f.unit_code = v.unit_code
            and f.scope = v.scope

),

recomputed as (

    select
        *,
        {{ whole('published_value', 10000) }} as published_units,
        {{ whole('suggested_value', 10000) }} as suggested_units,
        case
            when unit_of_measure = 'percent' and denominator > 0
                then {{ half_up_quotient(whole('numerator', 1) ~ ' * 100 * scale', whole('denominator', 1)) }} * step
            when unit_of_measure <> 'percent' then {{ whole('numerator', 10000) }}
        end as half_up_units,
        case
            when unit_of_measure = 'percent' and denominator > 0
                then {{ whole_quotient(whole('numerator', 1) ~ ' * 100 * scale', whole('denominator', 1)) }} * step
            when unit_of_measure <> 'percent' then {{ whole('numerator', 10000) }}
        end as truncated_units
    from figures

)

select
    figure_id,
    source_document,
    unit_code,
    scope,
    period_start,
    period_end,
    period_id,
    measure,
    unit_of_measure,
    operator,
    published_value,
    published_text,
    decimals,
    numerator,
    denominator,
    cast(cast(half_up_units as decimal(22, 0)) * 0.0001 as decimal(18, 4)) as recomputed_value,
    case
        when half_up_units is null then 'no_data'
        when operator = '>=' then case when half_up_units >= published_units then 'bound_holds' else 'differs' end
        when operator = '>' then case when half_up_units > published_units then 'bound_holds' else 'differs' end
        when half_up_units = published_units and truncated_units = published_units then 'equal'
        when half_up_units = published_units then 'half_up'
        when truncated_units = published_units then 'truncated'
        else 'differs'
    end as fit,
    flag,
    suggested_value,
    half_up_units = suggested_units as is_suggestion_reproduced,
    note
from recomputed
