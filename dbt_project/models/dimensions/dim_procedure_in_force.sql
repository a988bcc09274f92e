-- Fee, longest time, level, field and online level of a procedure by catalogue version, clipped so that no day has two versions.
select
    procedure_code,
    fee_vnd,
    max_days,
    day_kind,
    level,
    online_level,
    valid_from,
    least(
        coalesce(valid_to, {{ doomsday() }}),
        coalesce(lead(valid_from) over (partition by procedure_code order by valid_from) - 1, {{ doomsday() }})
    ) as valid_to,
    field,
    has_paper_result
from {{ ref('stg_procedures') }}
