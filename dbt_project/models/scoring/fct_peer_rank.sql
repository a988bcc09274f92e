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

-- one pair of units once, whatever the methods
compared as (

    select distinct
        a.unit_code,
        b.unit_code as other_code,
        a.period_id
    from ranked as a
    inner join ranked as b
        on
            a.period_id = b.period_id
            and a.method = b.method
            and a.province_code = b.province_code
            and a.ranked_level = b.ranked_level
            and a.unit_code < b.unit_code

),

volumes as (

    select
        unit_code,
        period_id,
        sum(received) as received
    from {{ ref('int_unit_period_mix') }}
    group by
        unit_code,
        period_id

),

mixes as (

    select
        m.unit_code,
        m.period_id,
        m.procedure_code,
        m.received,
        v.received as volume
    from {{ ref('int_unit_period_mix') }} as m
    inner join volumes as v
        on
            m.unit_code = v.unit_code
            and m.period_id = v.period_id
    where m.unit_code in (select r.unit_code from ranked as r)

),

shared_mixes as (

    select
        p.unit_code,
        p.other_code,
        p.period_id,
        sum(least(a.received * b.volume, b.received * a.volume)) as shared
    from compared as p
    inner join mixes as a
        on
            p.unit_code = a.unit_code
            and p.period_id = a.period_id
    inner join mixes as b
        on
            p.other_code = b.unit_code
            and p.period_id = b.period_id
            and a.procedure_code = b.procedure_code
    group by
        p.unit_code,
        p.other_code,
        p.period_id

),

distances as (

    select
        p.unit_code,
        p.other_code,
        p.period_id,
        2000000
        - case
            when a.received > 0 and b.received > 0
                then {{ half_up_quotient(
                    whole('coalesce(o.shared, 0)', 1) ~ ' * 1000000', whole('a.received', 1) ~ ' * ' ~ whole('b.received', 1)
                ) }}
            else 0
        end
        - case
            when a.received > 0 and b.received > 0
                then {{ half_up_quotient(
                    whole('least(a.received, b.received)', 1) ~ ' * 1000000', whole('greatest(a.received, b.received)', 1)
                ) }}
            else 0
        end as distance
    from compared as p
    left join volumes as a
        on
            p.unit_code = a.unit_code
            and p.period_id = a.period_id
    left join volumes as b
        on
            p.other_code = b.unit_code
            and p.period_id = b.period_id
    left join shared_mixes as o
        on
            p.unit_code = o.unit_code
            and p.other_code = o.other_code
            and p.period_id = o.period_id

),

both_ways as (

    select
        unit_code,
        other_code,
        period_id,
        distance
    from distances

    union all

    select
        other_code as unit_code,
        unit_code as other_code,
        period_id,
        distance
    from distances

),

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
            partition by r.unit_code, r.period_id, r.method
            order by d.distance, o.unit_code
        ) as position
    from ranked as r
    inner join both_ways as d
        on
            r.unit_code = d.unit_code
            and r.period_id = d.period_id
    inner join ranked as o
        on
            d.other_code = o.unit_code
            and r.period_id = o.period_id
            and r.method = o.method

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
