-- noqa: disable=LT02
-- What stands in the place of delivered values, one row a corrected row of a file.
select
    revision_id,
    row_number,
    {% for column, type in correctable_columns().items() -%}
    {%- set type = dbt.type_string() if type == 'varchar' else type -%}
    coalesce(bool_or(column_name = '{{ column }}'), false) as corrects_{{ column }},
    cast(max(case when column_name = '{{ column }}' then new_value end) as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {% endfor -%}
from {{ ref('stg_corrected_values') }}
where is_applied
group by
    revision_id,
    row_number
