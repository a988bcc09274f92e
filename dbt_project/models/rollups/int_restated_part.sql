-- What a restated figure of a period is made of: every unit whose territory came to one of today's, and how much of it.
-- One that was in force in the period must be there; one that was not counts if figures came under its code all the same.
with spans as (

    select
        r.*,
        p.period_id,
        coalesce(p.as_of_date, p.period_end) as as_of,
        coalesce(r.part_code, r.part_key) as source_key,
        r.span_from <= coalesce(p.as_of_date, p.period_end) and r.span_to >= p.period_start as is_required
    from {{ ref('dim_unit_restated') }} as r
    inner join {{ ref('dim_period') }} as p
        on
            r.holds_from <= p.period_end
            and r.holds_to >= p.period_start

),

-- How many stretches of a unit a period touches: what all of them gave to one unit of today is whole.
touched as (

    select
        source_key,
        period_id,
        count(distinct part_key) as n_spans
    from spans
    group by
        source_key,
        period_id

)

select
    s.unit_code,
    s.period_id,
    s.source_key,
    max(s.unit_name) as unit_name,
    max(s.level) as level,
    max(s.part_code) as part_code,
    max(s.part_name || coalesce(' (' || s.part_admin_code || ')', '')) as part_name,
    case
        when count(*) = max(t.n_spans) and count(s.share) = count(*) and min(s.share) = max(s.share) then min(s.share)
    end as share,
    bool_or(s.is_required) as is_required,
    bool_or(s.is_required and s.as_of between s.span_from and s.span_to) as is_standing,
    bool_or(s.is_merged) as is_merged,
    bool_or(s.is_task_moved) as is_task_moved,
    bool_or(s.is_ended) as is_ended,
    bool_and(s.is_unchanged) as is_unchanged
from spans as s
inner join touched as t
    on
        s.source_key = t.source_key
        and s.period_id = t.period_id
group by
    s.unit_code,
    s.period_id,
    s.source_key
