{{ config(materialized='view') }}
-- What a unit can still do about a dossier after the last business day: one row per dossier and action.
-- What is finished here and not on the national portal is no action: the portal's figures name no dossier.
{% set working_days = 3 %}
with last_day as (

    select max(as_of_date) as as_of_date
    from {{ ref('dim_period') }}

),

-- Online payment exists for a procedure where its system ever took one.
paid_online as (

    select distinct
        system,
        procedure_code
    from {{ ref('fct_dossier') }}
    where
        is_paid_online
        or n_succeeded_transactions > 0

),

judged as (

    select
        d.dossier_key,
        d.system,
        d.dossier_code,
        d.procedure_code,
        d.handling_unit,
        d.received_date,
        d.status,
        d.judged_due_at,
        d.is_dissatisfied,
        d.revision_id,
        d.row_number,
        l.as_of_date,
        coalesce(d.overdue_from_date <= l.as_of_date, false) as is_overdue,
        d.timeliness = 'running'
        and d.overdue_from_date > l.as_of_date
        and cast(d.judged_due_at as date) > l.as_of_date as is_still_in_time,
        a.dossier_key is null as is_without_letter,
        d.status in (9, 10) and not d.has_electronic_result as is_without_result,
        d.is_obligated and not d.is_paid_online and p.system is not null as is_payable_online,
        -- Past the last year of the calendar as if a weekend lay between: rather a day too many than too few.
        cast(coalesce(
            t.working_day_number - n.working_day_number,
            greatest({{ days_from('l.as_of_date', 'cast(d.judged_due_at as date)') }} - 2, 0)
        ) as integer) as working_days_left
    from {{ ref('fct_dossier') }} as d
    cross join last_day as l
    left join {{ ref('dim_date') }} as n on l.as_of_date = n.day
    left join {{ ref('dim_date') }} as t on cast(d.judged_due_at as date) = t.day
    left join {{ ref('int_dossier_apology') }} as a on d.dossier_key = a.dossier_key
    left join paid_online as p
        on
            d.system = p.system
            and d.procedure_code = p.procedure_code
    where d.received_date is not null

)

{% for action, criterion, deadline, condition in [
    ('due_soon', 'PROCESSING_ON_TIME', 'judged_due_at', 'is_still_in_time and working_days_left <= ' ~ working_days),
    ('apology_letter', 'OVERDUE_WITH_APOLOGY', 'judged_due_at', 'is_overdue and is_without_letter'),
    ('electronic_result', 'ORIGINAL_RESULT_AVAILABLE', 'cast(null as timestamp)', 'is_without_result'),
    ('pay_online', 'PAYMENT_ONLINE_DOSSIER', 'cast(null as timestamp)', 'is_payable_online'),
] -%}
select
    dossier_key,
    system,
    dossier_code,
    procedure_code,
    handling_unit,
    received_date,
    status,
    is_dissatisfied,
    revision_id,
    row_number,
    as_of_date,
    '{{ action }}' as action,
    '{{ criterion }}' as criterion,
    {{ deadline }} as deadline,
    {{ 'working_days_left' if action == 'due_soon' else 'cast(null as integer)' }} as working_days_left
from judged
where {{ condition }}
{% if not loop.last %}
union all

{% endif -%}
{% endfor %}
