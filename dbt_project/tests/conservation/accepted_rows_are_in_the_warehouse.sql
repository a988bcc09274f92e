-- noqa: disable=LT02
-- What the ledger says was accepted, and is in force, is what the facts are built on: nothing lost, nothing twice.
-- A warehouse made anew from landing lacks the rows of files whose bytes were destroyed by law: nobody can read them.
with loaded as (

    {% for dataset in ['dossiers', 'payments', 'vneid', 'feedback', 'apologies', 'declared', 'objections', 'portal'] -%}
        select
            revision_id,
            count(*) as n_rows
        from {{ ref('stg_' ~ dataset) }}
        group by revision_id
        {%- if not loop.last %}

        union all

        {% endif -%}
    {% endfor %}

),

in_force as (

    select
        revision_id,
        rows_accepted,
        destroyed_on is not null as is_destroyed
    from {{ ref('fct_delivery') }}
    where is_in_force

)

select
    coalesce(d.revision_id, l.revision_id) as revision_id,
    d.rows_accepted,
    l.n_rows
from in_force as d
full outer join loaded as l on d.revision_id = l.revision_id
where
    coalesce(d.rows_accepted, -1) <> coalesce(l.n_rows, 0)
    and not (coalesce(d.is_destroyed, false) and l.n_rows is null)
    and {{ nothing_loaded_meanwhile() }}
