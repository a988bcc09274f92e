{#
    The first day whose 23:59:59 finds the matter overdue; null = never.
    Ended: judged once, by its end. Open: on time while 23:59:59 of the day <= due_at, so overdue from the day of due_at,
    or from the day after when due_at itself is 23:59:59. Without due_at: on time (and flagged elsewhere).
    by_day (a condition): days are compared instead, so an open matter is overdue from the day after the due day.
#}
{% macro overdue_from(ended_at, due_at, by_day=none) -%}
    case
        when {{ due_at }} is null then null
        {% if by_day -%}
            when {{ by_day }} and cast({{ ended_at }} as date) <= cast({{ due_at }} as date) then null
            when {{ by_day }} and {{ ended_at }} is null then cast({{ due_at }} as date) + 1
        {% endif -%}
        when {{ ended_at }} is not null and {{ ended_at }} <= {{ due_at }} then null
        when {{ ended_at }} is not null then {{ dawn() }}
        else cast({{ due_at }} + interval '1 second' as date)
    end
{%- endmacro %}
