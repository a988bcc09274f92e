select
    unit_code,
    period_id,
    method,
    unknown_dossiers,
    unknown_petitions,
    score_low,
    score_high,
    rank_best,
    rank_worst,
    one_dossier_points,
    is_distinguishable_from_next,
    is_few_dossiers
from {{ ref('fct_rank_interval') }}
