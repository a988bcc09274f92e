-- What the police delivered for a commune on a business day (cumulative counts). Re-sent: the last row stands.
with positioned as (

    select
        *,
        row_number() over (
            partition by commune_code, export_date
            order by as_of_date desc, system desc, delivering_unit desc, row_number desc
        ) as position
    from {{ ref('stg_vneid') }}

),

communes as (

    select
        admin_code,
        min(unit_code) as unit_code,
        valid_from,
        min(coalesce(valid_to, {{ doomsday() }})) as valid_to
    from {{ ref('stg_units') }}
    where level = 'commune'
    group by
        admin_code,
        valid_from

)

select
    v.commune_code,
    v.export_date,
    v.as_of_date,
    c.unit_code,
    v.chip_card_holders,
    v.activated_level1,
    v.activated_level2,
    v.activated_level1 + v.activated_level2 as activated,
    v.system,
    v.revision_id,
    v.row_number,
    v.delivering_unit
from positioned as v
left join communes as c
    on
        v.commune_code = c.admin_code
        and v.export_date between c.valid_from and c.valid_to
where v.position = 1
