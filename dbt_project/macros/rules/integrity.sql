{#
    What the integrity signals (docs/integrity.md) call a running dossier and its end: codes of the exchange standard,
    not of a rule set, because the signals compare what files said and judge no timeliness.

    is_running(status): filed, received, in work, waiting for papers or for payment.
    written_end(d): the earliest of the three ends that a row states.
    shown_day(d): the day of which a row speaks: its export date, or the day of its last change where that is earlier.
#}
{% macro is_running(status) -%}
    {{ status }} in (1, 2, 4, 5, 6)
{%- endmacro %}

{% macro written_end(d) -%}
    least({{ d }}.finished_at, {{ d }}.returned_at, {{ d }}.refused_at)
{%- endmacro %}

{% macro shown_day(d) -%}
    least({{ d }}.export_date, cast({{ d }}.updated_at as date))
{%- endmacro %}

{# part / whole in per cent, half-up to two decimals, of whole numbers; asks for a whole above zero. #}
{% macro half_up_percent(part, total) -%}
    cast(cast({{ half_up_quotient(whole(part, 10000), whole(total, 1)) }} as decimal(24, 0)) * 0.01 as decimal(18, 2))
{%- endmacro %}
