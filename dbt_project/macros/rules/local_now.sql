{# When this run of dbt started, local time: the one clock of the models, so that all of them agree. #}
{% macro local_now() -%}
    cast('{{ run_started_at.astimezone(modules.pytz.timezone("Asia/Ho_Chi_Minh")).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
