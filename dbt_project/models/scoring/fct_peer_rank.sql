-- Ranks among peers: units of the same kind, of the same class of volume, and the unit with those nearest to it. Units
-- are compared within province, level, period and method; ties share a rank as the method says.
-- Two units are the nearer, the more of their procedures they share and the more alike their volumes are: the distance
-- is (1 - overlap of the shares of their procedures) + (1 - smaller / greater number of dossiers), in millionths,
-- rounded half-up, and of equal ones the first code counts as nearer. Only periods among which one follows another.
with ranked as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.province_code,
        r.ranked_level,
        r.dossiers,
        r.total,
        p.period_end,
        m.tie_rule,
        m.nearest_peers
    from {{ ref('fct_ranking') }} as r
    inner join {{ ref('dim_period') }} as p on r.period_id = p.period_id
    inner join {{ ref('dim_method') }} as m on r.method = m.method
    where
        r.rank is not null
        and p.period_series is not null

),

kinds as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        u.unit_kind,
        row_number() over (
            partition by r.unit_code, r.period_id, r.method
            order by
                case when u.valid_from <= r.period_end then 0 else 1 end,
                case when u.valid_from <= r.period_end then u.valid_from end desc nulls last,
                u.valid_from
        ) as position
    from ranked as r
    inner join {{ ref('dim_unit') }} as u on r.unit_code = u.unit_code

),

classes as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        max(v.lower_bound) as lower_bound
    from ranked as r
    inner join {{ ref('dim_volume_class') }} as v
        on
            r.method = v.method
            and r.dossiers >= v.lower_bound
    group by
        r.unit_code,
        r.period_id,
        r.method

),

grouped as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.province_code,
        r.ranked_level,
        r.total,
        r.tie_rule,
        'kind' as peer_group,
        k.unit_kind as peer_value
    from ranked as r
    inner join kinds as k
        on
            r.unit_code = k.unit_code
            and r.period_id = k.period_id
            and r.method = k.method
            and k.position = 1
            and k.unit_kind is not null

    union all

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.province_code,
        r.ranked_level,
        r.total,
        r.tie_rule,
        'volume' as peer_group,
        cast(c.lower_bound as {{ dbt.type_string() }}) as peer_value
    from ranked as r
    inner join classes as c
        on
            r.unit_code = c.unit_code
            and r.period_id = c.period_id
            and r.method = c.method

),

ranked_in_groups as (

    select
        unit_code,
        period_id,
        method,
        peer_group,
        peer_value,
        case when tie_rule = 'dense' then dense_rank() over in_order else rank() over in_order end as place,
        count(*) over (partition by period_id, method, province_code, ranked_level, peer_group, peer_value) as ranked_units
    from grouped
    window
        in_order as (
            partition by period_id, method, province_code, ranked_level, peer_group, peer_value
            order by total desc
        )

),

-- A desk is a ranked unit of a period, whatever the methods. Desks have numbers, in the order of their units' codes: a
-- country has half a million pairs of them, which share some thirty procedures each. Those of an area are compared.
desks as (

    select
        unit_code,
        period_id,
        cast(dense_rank() over (order by period_id, province_code, ranked_level) as integer) as area,
        cast(row_number() over (order by period_id, unit_code) as integer) as desk
    from (
        select distinct
            unit_code,
            period_id,
            province_code,
            ranked_level
        from ranked
    ) as each_once

),

ranked_desks as (

    select
        r.*,
        d.area,
        d.desk
    from ranked as r
    inner join desks as d
        on
            r.unit_code = d.unit_code
            and r.period_id = d.period_id

),

-- a slot is a procedure of an area
mixes as (

    select
        d.desk,
        cast(m.received as bigint) as received,
        cast(sum(m.received) over (partition by d.desk) as bigint) as volume,
        cast(dense_rank() over (order by d.area, m.procedure_code) as integer) as slot
    from {{ ref('int_unit_period_mix') }} as m
    inner join desks as d
        on
            m.unit_code = d.unit_code
            and m.period_id = d.period_id

),

volumes as (

    select
        desk,
        max(volume) as received
    from mixes
    group by desk

),

shared_mixes as (

    select
        a.desk,
        b.desk as other_desk,
        sum(least(a.received * b.volume, b.received * a.volume)) as shared
    from mixes as a
    inner join mixes as b
        on
            a.slot = b.slot
            and a.desk < b.desk
    group by
        a.desk,
        b.desk

),

-- one pair once
compared as (

    select
        a.desk,
        b.desk as other_desk,
        v.received,
        w.received as other_received
    from desks as a
    inner join desks as b
        on
            a.area = b.area
            and a.desk < b.desk
    left join volumes as v on a.desk = v.desk
    left join volumes as w on b.desk = w.desk

),

distances as (

    select
        p.desk,
        p.other_desk,
        2000000
        - case
            when p.received > 0 and p.other_received > 0
                then {{ half_up_quotient(
                    whole('coalesce(o.shared, 0)', 1) ~ ' * 1000000',
                    whole('p.received', 1) ~ ' * ' ~ whole('p.other_received', 1)
                ) }}
            else 0
        end
        - case
            when p.received > 0 and p.other_received > 0
                then {{ half_up_quotient(
                    whole('least(p.received, p.other_received)', 1) ~ ' * 1000000',
                    whole('greatest(p.received, p.other_received)', 1)
                ) }}
            else 0
        end as distance
    from compared as p
    left join shared_mixes as o
        on
            p.desk = o.desk
            and p.other_desk = o.other_desk

),

-- Every two of an area that the method ranks have a distance: it is joined to the left so that no engine joins first all
-- that only the method joins.
neighbours as (

    select
        r.unit_code,
        r.period_id,
        r.method,
        r.tie_rule,
        r.nearest_peers,
        r.total,
        o.unit_code as other_code,
        o.total as other_total,
        row_number() over (
            partition by r.desk, r.method
            order by d.distance, o.desk
        ) as position
    from ranked_desks as r
    inner join ranked_desks as o
        on
            r.area = o.area
            and r.method = o.method
            and r.desk <> o.desk
    left join distances as d
        on
            least(r.desk, o.desk) = d.desk
            and greatest(r.desk, o.desk) = d.other_desk

)

select
    unit_code,
    period_id,
    method,
    peer_group,
    peer_value,
    cast(place as integer) as rank,
    cast(ranked_units as integer) as ranked_units
from ranked_in_groups

union all

select
    unit_code,
    period_id,
    method,
    'nearest' as peer_group,
    {{ listed('other_code', ',', 'position') }} as peer_value,
    cast(
        1 + case
            when tie_rule = 'dense' then count(distinct other_total) filter (where other_total > total)
            else count(*) filter (where other_total > total)
        end as integer
    ) as rank,
    cast(1 + count(*) as integer) as ranked_units
from neighbours
where position <= nearest_peers
group by
    unit_code,
    period_id,
    method,
    tie_rule,
    total
