-- Of several answers to an objection the newest counts.
with positioned as (

    select
        *,
        row_number() over (
            partition by unit, objection_number
            order by answer_no desc
        ) as position
    from {{ source('raw', 'objection_answers') }}

)

select
    unit || ':' || objection_number as objection_key,
    decision,
    decided_by as answered_by,
    decided_on as answered_on,
    note as answer_note
from positioned
where position = 1
