{#
    What a chart shows that chooses nothing, as the body of a WITH: `default_peers`, one row a unit. The default period,
    its default method, and of each province the level with the most units, so that a place is given once (but for ties).
    Reads published relations only, for the models that are served as views.
#}
{% macro default_peers() %}
    default_levels as (

        select
            r.province_code,
            r.ranked_level,
            row_number() over (
                partition by r.province_code
                order by count(*) desc, r.ranked_level asc
            ) as place
        from {{ ref('pub_ranking') }} as r
        inner join {{ ref('pub_period') }} as p on r.period_id = p.period_id
        where
            p.is_default_period
            and r.is_default_method
            and r.ranked_level is not null
        group by
            r.province_code,
            r.ranked_level

    ),

    default_peers as (

        select
            r.*,
            u.unit_name as province_name
        from {{ ref('pub_ranking') }} as r
        inner join {{ ref('pub_period') }} as p on r.period_id = p.period_id
        inner join default_levels as d
            on
                r.province_code = d.province_code
                and r.ranked_level = d.ranked_level
        left join {{ ref('pub_unit_latest') }} as u on r.province_code = u.unit_code
        where
            p.is_default_period
            and r.is_default_method
            and d.place = 1

    )
{% endmacro %}
