{#
    Datasets whose files speak of whole periods: they make no business day, and are never missing on one. The same list
    stands in cchc/contracts.py.
#}
{% macro by_period() %}('portal', 'declared', 'objections'){% endmacro %}
