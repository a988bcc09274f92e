{{ hold_together([
    'fct_indicator_target',
    'fct_restated_indicator',
    'fct_unit_indicator',
], after=['dim_period']) }}
