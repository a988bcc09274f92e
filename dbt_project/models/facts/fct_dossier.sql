-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}",
        indexes=index_for_postgres(['dossier_code']) + index_for_postgres(['handling_unit', 'received_date']),
    )
}}
-- depends_on: {{ ref('int_cells_before') }} (must have read the old state of this table)
with current_rows as (

    select
        revision_id,
        row_number
    from {{ ref('fct_dossier_version') }}
    where
        is_current
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}

),

dissatisfied as (

    select distinct dossier_key
    from {{ ref('fct_feedback') }}
    where
        dossier_key is not null
        and is_satisfied = false
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}

),

transactions as (

    select
        dossier_key,
        count(*) as n_succeeded_transactions
    from {{ ref('fct_online_payment') }}
    where
        dossier_key is not null
        and outcome = 'succeeded'
        and not is_refunded
        {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code', prefix='and') }}
    group by dossier_key

),

endings as (

    select
        rule_set,
        status,
        {% for position in range(1, 5) -%}
            max(end_basis) filter (where position = {{ position }}) as basis_{{ position }},
        {% endfor -%}
        bool_or(expects_date) as expects_date
    from {{ ref('dim_ending_rule') }}
    group by
        rule_set,
        status

),

-- The rule set in force on the day of receipt, and the dates it lets end the dossier, in their order.
ruled as (

    select
        d.*,
        r.rule_set,
        r.compare = 'day' as is_by_day,
        r.minus_supplement,
        r.several_supplements,
        r.without_due,
        r.withdrawn,
        r.waiting,
        coalesce(e.expects_date, false) as expects_date,
        {% for position in range(1, 5) -%}
            {{ end_of('e.basis_' ~ position, 'd') }} as end_{{ position }},
            e.basis_{{ position }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ ref('stg_dossiers') }} as d
    inner join current_rows as c
        on
            d.revision_id = c.revision_id
            and d.row_number = c.row_number
    left join {{ ref('dim_rule_in_force') }} as f
        on coalesce(d.received_date, d.export_date) between f.valid_from and coalesce(f.valid_to, {{ doomsday() }})
    left join {{ ref('dim_timeliness_rule') }} as r on f.rule_set = r.rule_set
    left join endings as e
        on
            r.rule_set = e.rule_set
            and d.status = e.status

),

ended as (

    select
        *,
        coalesce(end_1, end_2, end_3, end_4) as ended_at,
        case
            {% for position in range(1, 5) -%}
                when end_{{ position }} is not null then basis_{{ position }}
            {% endfor -%}
        end as end_basis,
        case when minus_supplement then coalesce(supplement_wait_seconds, 0) else 0 end * interval '1 second' as supplement_wait
    from ruled

),

catalogued as (

    select
        d.*,
        d.ended_at - d.supplement_wait as ended_at_net,
        coalesce(p.fee_vnd, q.fee_vnd) as catalogue_fee_vnd,
        coalesce(p.max_days, q.max_days) as max_days,
        case when p.max_days is not null then p.day_kind else q.day_kind end as day_kind,
        case when p.procedure_code is not null then p.field else q.field end as procedure_field,
        case when p.procedure_code is not null then p.level else q.level end as procedure_level,
        case when p.procedure_code is not null then p.online_level else q.online_level end as online_level,
        case when p.procedure_code is not null then p.has_paper_result else q.has_paper_result end as has_paper_result,
        coalesce(d.due_at is null and d.without_due = 'by_catalogue', false) as is_due_by_catalogue
    from ended as d
    left join {{ ref('dim_procedure_in_force') }} as p
        on
            d.procedure_code = p.procedure_code
            and d.received_date between p.valid_from and p.valid_to
    left join {{ ref('dim_procedure_in_force') }} as q
        on
            d.procedure_code = q.procedure_code
            and d.export_date between q.valid_from and q.valid_to

),

-- Without a due time, "end - receipt - waiting <= longest time" is a due time too; of open dossiers the waiting moves it.
due as (

    select
        d.*,
        case
            when not d.is_due_by_catalogue then d.due_at
            when d.ended_at is null then {{ catalogue_due_at('d', 'd.received_date', 'l.day') }} + d.supplement_wait
            else {{ catalogue_due_at('d', 'd.received_date', 'l.day') }}
        end as judged_due_at
    from catalogued as d
    left join {{ ref('dim_date') }} as s on case when d.is_due_by_catalogue then d.received_date end = s.day
    left join {{ ref('dim_date') }} as l
        on
            s.working_day_number + d.max_days = l.working_day_number
            and l.is_working_day

),

netted as (

    select
        d.*,
        {{ is_overdue_regardless('d') }} as is_overdue_regardless,
        {{ verdict('d', 'd.judged_due_at') }} as verdict
    from due as d

)

select
    n.dossier_key,
    n.system,
    n.dossier_code,
    n.procedure_code,
    n.procedure_suffix,
    n.receiving_unit,
    n.handling_unit,
    n.applicant_kind,
    n.channel,
    n.status,
    n.submitted_at,
    n.received_at,
    n.received_date,
    n.due_at,
    n.judged_due_at,
    n.finished_at,
    n.returned_at,
    n.refused_at,
    n.rule_set,
    n.ended_at,
    n.end_basis,
    n.supplement_count,
    n.supplement_wait_seconds,
    n.ended_at_net,
    n.is_overdue_regardless,
    case n.verdict
        when 'overdue' then {{ dawn() }}
        when 'by_date' then {{ overdue_from('n.ended_at_net', 'n.judged_due_at', 'n.is_by_day') }}
    end as overdue_from_date,
    case
        when n.verdict = 'not_judged' then 'not_judged'
        when n.verdict = 'on_time' then 'on_the_day'
        when n.ended_at is null then 'running'
        when cast(n.ended_at_net as date) < cast(n.judged_due_at as date) then 'early'
        when cast(n.ended_at_net as date) > cast(n.judged_due_at as date) then 'overdue'
        else 'on_the_day'
    end as timeliness,
    n.due_at is null as is_without_due_at,
    n.expects_date and n.ended_at is null as is_ended_without_date,
    n.channel = 'online' as is_online,
    n.online_payment,
    n.fee_count,
    n.fee_total_vnd,
    coalesce(n.catalogue_fee_vnd, 0) > 0 as is_fee_bearing,
    coalesce(n.catalogue_fee_vnd, 0) > 0 and not (coalesce(n.fee_count, 0) > 0 and n.fee_total_vnd = 0) as is_obligated,
    coalesce(n.online_payment in (1, 2), false) as is_paid_online,
    coalesce(n.has_electronic_result, false) as has_electronic_result,
    coalesce(n.has_digitised_parts, false) as has_digitised_parts,
    coalesce(n.reused_part, false) as has_reused_part,
    coalesce(n.from_personal_store, false) as is_from_personal_store,
    coalesce(n.vneid_verified, false) as is_vneid_verified,
    s.dossier_key is not null as is_dissatisfied,
    cast(coalesce(t.n_succeeded_transactions, 0) as integer) as n_succeeded_transactions,
    n.updated_at,
    n.revision_id,
    n.row_number,
    n.delivering_unit,
    n.export_date,
    n.procedure_field,
    n.procedure_level,
    n.online_level,
    n.has_electronic_result and not n.has_paper_result as has_only_electronic_result,
    -- requests and answers are joined by |, a request and its answer by /: the last request
    case
        when n.status = 5
            then cast(nullif(left(split_part(n.supplements, '|', -1), 10), '') as date)
    end as waiting_since_date,
    {{ overdue_from('cast(null as timestamp)', 'n.judged_due_at', 'n.is_by_day') }} as open_overdue_from_date
from netted as n
left join dissatisfied as s on n.dossier_key = s.dossier_key
left join transactions as t on n.dossier_key = t.dossier_key
