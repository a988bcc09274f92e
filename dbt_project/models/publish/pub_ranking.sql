select
    r.unit_code,
    r.unit_name,
    r.level,
    r.province_code,
    r.ranked_level,
    r.period_id,
    p.period_kind,
    p.period_series,
    p.is_to_date,
    p.period_start,
    p.period_end,
    p.as_of_date,
    p.is_complete,
    p.label_vi as period_vi,
    p.label_en as period_en,
    r.method,
    m.is_default as is_default_method,
    r.dossiers,
    r.computed_total,
    r.adjustment,
    r.total,
    r.max_attainable,
    r.percent_of_attainable,
    r.rank,
    r.ranked_units,
    r.previous_rank,
    r.rank_change,
    r.band,
    r.band_vi,
    r.band_en,
    r.is_few_dossiers,
    r.rank_null_reason as null_reason
from {{ ref('fct_ranking') }} as r
inner join {{ ref('dim_period') }} as p on r.period_id = p.period_id
inner join {{ ref('fct_period_method') }} as m
    on
        r.period_id = m.period_id
        and r.method = m.method
