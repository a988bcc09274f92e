-- A view over served relations only, and served as one: units above and periods multiply its rows.
-- The action list: what a unit, or a unit below it, can do about which dossier, and what that is worth to the unit's
-- total under the default method of the period. A dossier due soon counts as on time already: its points are those that
-- stay; overdue it would fall out of two criteria, so both count. A letter signed after the last day of the period is
-- not counted in it.
with listed as (

    select
        a.unit_code,
        x.handling_unit,
        p.period_id,
        p.period_kind,
        p.period_start,
        p.period_end,
        x.as_of_date,
        x.action,
        x.system,
        x.dossier_code,
        x.procedure_code,
        x.status,
        x.deadline,
        x.working_days_left,
        p.default_method as method,
        x.criterion,
        x.path,
        x.revision,
        x.revision_id,
        x.row_number,
        x.export_date,
        x.sha256,
        s.criterion is not null as is_scored,
        case
            when x.action = 'due_soon' then s.loss
            when x.action = 'apology_letter' and p.is_complete then 0
            else s.gain
        end as criterion_points,
        case
            when x.action = 'due_soon' then s.loss_unrounded
            when x.action = 'apology_letter' and p.is_complete then 0
            else s.gain_unrounded
        end as criterion_points_unrounded,
        t.loss as points_beside,
        t.loss_unrounded as points_beside_unrounded
    from {{ ref('pub_dossier_action') }} as x
    inner join {{ ref('pub_unit_ancestry') }} as a
        on
            x.handling_unit = a.descendant_code
            and x.received_date between a.holds_from and a.holds_to
    inner join {{ ref('pub_period') }} as p on x.received_date between p.period_start and p.period_end
    left join {{ ref('pub_unit_score_step') }} as s
        on
            a.unit_code = s.unit_code
            and p.period_id = s.period_id
            and p.default_method = s.method
            and x.criterion = s.criterion
    left join {{ ref('pub_unit_score_step') }} as t
        on
            a.unit_code = t.unit_code
            and p.period_id = t.period_id
            and p.default_method = t.method
            and t.criterion = 'DOSSIER_RECEIVING_SATISFACTION'
            and x.action = 'due_soon'
            and not x.is_dissatisfied

)

select
    l.unit_code,
    l.handling_unit,
    l.period_id,
    l.period_kind,
    l.period_start,
    l.period_end,
    l.as_of_date,
    l.action,
    l.system,
    l.dossier_code,
    l.procedure_code,
    l.status,
    coalesce(l.deadline, cast(l.period_end as timestamp) + interval '86399 seconds') as deadline,
    l.working_days_left,
    l.method,
    l.criterion,
    l.is_scored,
    cast(coalesce(l.criterion_points, 0) as decimal(9, 2)) as criterion_points,
    cast(coalesce(l.criterion_points, 0) + coalesce(l.points_beside, 0) as decimal(9, 2)) as points,
    cast(coalesce(l.criterion_points_unrounded, 0) + coalesce(l.points_beside_unrounded, 0) as decimal(9, 4)) as points_unrounded,
    l.path,
    l.revision,
    l.revision_id,
    l.row_number,
    l.export_date,
    l.sha256
from listed as l
