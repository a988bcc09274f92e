{#
    What the dated rules of timeliness (dim_timeliness_rule, dim_ending_rule) are worked out with.

    end_of(basis, d): the timestamp of dossier d that a basis names. A supplement request ends it only when it is the only one.
    verdict(d, due_at): what rule set and dossier d say before any date is compared: not_judged, on_time, overdue,
    in_time (running, never overdue) or by_date. Status 5 waits for the applicant, status 7 is withdrawn: codes of the
    exchange standard. d has the columns of stg_dossiers and dim_timeliness_rule, and ended_at.
#}
{% macro end_of(basis, d) -%}
    case {{ basis }}
        when 'finished' then {{ d }}.finished_at
        when 'returned' then {{ d }}.returned_at
        when 'refused' then {{ d }}.refused_at
        when 'supplement_requested' then case when {{ d }}.supplement_count = 1 then {{ d }}.first_supplement_requested_at end
    end
{%- endmacro %}

{% macro is_overdue_regardless(d) -%}
    {{ d }}.status = 5 and {{ d }}.several_supplements = 'overdue' and coalesce({{ d }}.supplement_count, 0) > 1
{%- endmacro %}

{% macro verdict(d, due_at) -%}
    case
        when {{ d }}.rule_set is null then 'not_judged'
        when {{ d }}.status = 7 and {{ d }}.withdrawn = 'out' then 'not_judged'
        when {{ d }}.status = 7 and {{ d }}.withdrawn = 'on_time' then 'on_time'
        when {{ is_overdue_regardless(d) }} then 'overdue'
        when {{ d }}.status = 5 and {{ d }}.ended_at is null and {{ d }}.waiting = 'processed' then 'on_time'
        when {{ d }}.status = 5 and {{ d }}.ended_at is null and {{ d }}.waiting = 'in_time' then 'in_time'
        when {{ due_at }} is null and {{ d }}.without_due <> 'on_time' then 'not_judged'
        else 'by_date'
    end
{%- endmacro %}

{# received_at + the procedure's longest time; working days by the calendar, at the time of day of receipt. #}
{% macro catalogue_due_at(d, first_day, last_day) -%}
    case {{ d }}.day_kind
        when 'calendar' then {{ d }}.received_at + {{ d }}.max_days * interval '1 day'
        when 'working' then {{ d }}.received_at + greatest({{ days_from(first_day, last_day) }}, 0) * interval '1 day'
    end
{%- endmacro %}
