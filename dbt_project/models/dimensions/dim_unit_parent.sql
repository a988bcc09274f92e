-- Every unit's parent on any day, without gaps: before its first version the first one holds, after the last one the
-- last. A dossier may be older or younger than its unit's code; it must still be counted somewhere, exactly once.
with versions as (

    select
        unit_code,
        parent_code,
        valid_from,
        lag(valid_from) over (partition by unit_code order by valid_from) as previous_from,
        lead(valid_from) over (partition by unit_code order by valid_from) as next_from
    from {{ ref('stg_units') }}

)

select
    unit_code,
    parent_code,
    case when previous_from is null then cast('0001-01-01' as date) else valid_from end as holds_from,
    coalesce(next_from - 1, {{ doomsday() }}) as holds_to
from versions
