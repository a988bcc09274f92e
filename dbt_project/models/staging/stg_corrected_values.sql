{{ config(materialized='table') }}
-- Every delivered value that the register of known errors speaks of: a correction is applied where the value still is
-- the one it expects, and the day of export lies in its validity. A handful of rows; none costs nothing.
with delivered as (

    select
        d.revision_id,
        d.row_number,
        d.export_date,
        c.correction_number,
        c.column_name,
        c.expected_old,
        c.new_value,
        c.valid_from,
        c.valid_to,
        case c.column_name
            {% for column in correctable_columns() -%}
            when '{{ column }}' then cast(d.{{ column }} as {{ dbt.type_string() }})
            {% endfor %}
        end as delivered_value
    from {{ source('raw', 'dossiers') }} as d
    inner join {{ ref('stg_corrections') }} as c
        on
            d.system = c.system
            and d.dossier_code = c.dossier_code
    where c.dataset = 'dossiers'

)

select
    revision_id,
    row_number,
    correction_number,
    column_name,
    delivered_value,
    expected_old,
    new_value,
    coalesce(delivered_value = expected_old, delivered_value is null and expected_old is null)
    and export_date >= coalesce(valid_from, {{ dawn() }})
    and export_date <= coalesce(valid_to, {{ doomsday() }}) as is_applied
from delivered
