{#
    The columns of a dossier that the register of known errors may correct, with the type of each (the register holds
    text). include/cchc/registry/correctable.py has the same list; a test compares the two.
#}
{% macro correctable_columns() -%}
    {{- return({
        'handling_unit': 'varchar', 'channel': 'varchar', 'due_at': 'timestamp', 'finished_at': 'timestamp',
        'returned_at': 'timestamp', 'refused_at': 'timestamp', 'status': 'integer', 'online_payment': 'integer',
        'has_digitised_parts': 'boolean', 'vneid_verified': 'boolean', 'reused_part': 'boolean',
        'from_personal_store': 'boolean', 'has_electronic_result': 'boolean',
    }) -}}
{%- endmacro %}

{# A column of a delivered dossier (d), or what stands in its place by the register (c). #}
{% macro corrected(column) -%}
    case when c.corrects_{{ column }} then c.{{ column }} else d.{{ column }} end
{%- endmacro %}
