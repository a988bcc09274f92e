{#
    Two dates that stand for "always" and "never", so that every comparison is one plain comparison of dates:
    overdue from dawn() = overdue at every as_of; overdue from doomsday() = at none.
#}
{% macro dawn() %}cast('1900-01-01' as date){% endmacro %}
{% macro doomsday() %}cast('9999-12-31' as date){% endmacro %}
