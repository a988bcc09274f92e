-- noqa: disable=LT02
{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='append_new_columns',
        pre_hook="{{ delete_cells(ref('int_cells_to_recompute')) }}",
        indexes=index_for_postgres(['unit_code', 'received_date']),
    )
}}
-- Which procedures a unit had dossiers of, by day of receipt: what periods and parents count distinct procedures from,
-- for a sum over days or units would count one twice. The cells of the cube, recomputed by the same keys; the cube,
-- which empties them, reads this model first, so that a build that dies in between loses none.
-- depends_on: {{ ref('int_cells_to_recompute') }}
select
    handling_unit as unit_code,
    received_date,
    procedure_code,
    count(*) as received,
    bool_or(is_online) as has_online,
    bool_or(is_fee_bearing) as is_fee_bearing,
    bool_or(is_fee_bearing and (is_paid_online or n_succeeded_transactions > 0)) as has_online_payment
from {{ ref('fct_dossier') }}
where
    received_date is not null
    and procedure_code is not null
    {% if is_incremental() -%}
        and (handling_unit, received_date) in (
            select
                k.handling_unit,
                k.received_date
            from {{ ref('int_cells_to_recompute') }} as k
        )
    {%- endif %}
group by
    handling_unit,
    received_date,
    procedure_code
