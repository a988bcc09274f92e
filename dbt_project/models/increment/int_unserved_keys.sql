-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
    )
}}
-- Keys that builds recomputed since readers last got to see one: their rows are what is brought up to date for readers.
-- They accumulate, for a build that fails later or is not served leaves them to the next. The end of a served build
-- empties it. Numbers whose letters are recomputed include those of recomputed dossiers. After a full build everything is
-- served, and no key is noted.
with touched as (

    select
        'dossiers' as dataset,
        k.dossier_code as business_key
    from {{ ref('int_pending_letters') }} as k

    union

    select
        'payments' as dataset,
        k.transaction_code as business_key
    from {{ ref('int_pending_transactions') }} as k

    union

    select
        'feedback' as dataset,
        k.feedback_code as business_key
    from {{ ref('int_pending_feedback') }} as k

    union

    select
        'apologies' as dataset,
        k.dossier_code as business_key
    from {{ ref('int_pending_letters') }} as k

)

select
    t.dataset,
    t.business_key
from touched as t
where
    t.business_key is not null
    {% if is_incremental() -%}
        and not exists (
            select 1
            from {{ this }} as u
            where
                u.dataset = t.dataset
                and u.business_key = t.business_key
        )
    {%- else -%}
        and false
    {%- endif %}
