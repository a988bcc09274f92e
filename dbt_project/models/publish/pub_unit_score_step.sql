-- What one case more or less is worth to a unit: what the action list counts points by.
select
    unit_code,
    period_id,
    method,
    criterion,
    gain,
    gain_unrounded,
    loss,
    loss_unrounded
from {{ ref('fct_unit_score_step') }}
