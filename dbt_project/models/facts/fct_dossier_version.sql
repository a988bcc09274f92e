{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}",
        indexes=index_for_postgres(['dossier_code']),
    )
}}
-- Every delivered row of a dossier, oldest first. The last one is the current state: latest export date, then greatest
-- update time, then the last row (in the file of the greatest delivering unit, should two files of one day hold it).
with versions as (

    select
        dossier_key,
        system,
        dossier_code,
        revision_id,
        row_number,
        delivering_unit,
        receiving_unit,
        handling_unit,
        export_date,
        updated_at,
        status,
        due_at,
        row_number() over in_order as version_number,
        lead(export_date) over in_order is null as is_current
    from {{ ref('stg_dossiers') }}
    {{ only_keys(ref('int_pending_dossier_codes'), 'dossier_code') }}
    window
        in_order as (
            partition by dossier_key
            order by export_date, updated_at nulls first, delivering_unit, row_number
        )

)

select
    dossier_key,
    cast(version_number as integer) as version_number,
    is_current,
    system,
    dossier_code,
    status,
    due_at,
    receiving_unit,
    handling_unit,
    updated_at,
    revision_id,
    row_number,
    delivering_unit,
    export_date
from versions
