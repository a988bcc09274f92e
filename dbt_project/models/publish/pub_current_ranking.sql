-- A view over served relations only, and served as one. What a first chart should stand on: no two rows of a province
-- are of different periods, methods or levels.
with {{ default_peers() }}

select
    province_code,
    province_name,
    unit_code,
    unit_name,
    ranked_level,
    period_id,
    period_vi,
    period_en,
    period_start,
    period_end,
    as_of_date,
    is_complete,
    method,
    dossiers,
    total,
    max_attainable,
    percent_of_attainable,
    rank,
    ranked_units,
    previous_rank,
    rank_change,
    band,
    band_vi,
    band_en,
    is_few_dossiers,
    null_reason
from default_peers
