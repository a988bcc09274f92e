-- noqa: disable=LT02
-- By how many cases a criterion of the exports may still change, by unit and period. One row that is not known changes
-- one case: a dossier comes in good or bad, turns from one into the other, or leaves. A payment may move from one
-- procedure to another, and so changes two of them. Where a row may change any number of cases (is_any), the whole
-- scale is open. A dossier that an open objection names may turn as well, for the unit and those above it; an objection
-- that names none leaves open how many.
{% set changes = {
    'PROCESSING_ON_TIME': 'dossiers',
    'ONLINE_DOSSIER': 'dossiers',
    'PAYMENT_ONLINE_DOSSIER': 'dossiers',
    'ORIGINAL_RESULT_AVAILABLE': 'dossiers',
    'SO_HOA_GIAY_TO_GIAI_QUYET': 'dossiers',
    'REUSED_DIGITIZED_DATA': 'dossiers',
    'SYNCED_WITH_DVCQG_PERSONAL_STORAGE': 'dossiers',
    'CITIZEN_DATA_CONNECTED_DOSSIER': 'dossiers',
    'DOSSIER_RECEIVING_SATISFACTION': 'dossiers + ratings',
    'OVERDUE_WITH_APOLOGY': 'dossiers + letters',
    'ONLINE_SERVICE_USED': 'dossiers',
    'PAYMENT_TRANSACTED_PROCEDURE': '2 * (dossiers + payments)',
    'PETITION_PROCESSING_ON_TIME': 'petitions',
    'PETITION_HANDLING_SATISFACTION': 'petitions',
    'PAYMENT_TRANSACTION_ONLINE': 'dossiers + payments',
    'VNEID_ACTIVATED': 'vneid',
} %}
with united as (

    {% for criterion, cases in changes.items() -%}
        select
            unit_code,
            period_id,
            '{{ criterion }}' as criterion,
            {{ cases }} as cases,
            {{ 'true' if criterion in ('PAYMENT_TRANSACTION_ONLINE', 'VNEID_ACTIVATED') else 'false' }} as is_any
        from {{ ref('int_unit_period_unknown') }}
        {%- if not loop.last %}

        union all

        {% endif -%}
    {% endfor %}

    union all

    select
        a.ancestor_code as unit_code,
        p.period_id,
        o.criterion,
        greatest(o.dossiers, 1) as cases,
        o.dossiers = 0 as is_any
    from {{ ref('fct_objection') }} as o
    inner join {{ ref('dim_period') }} as p
        on
            o.period_start = p.period_start
            and o.period_end = p.period_end
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            o.unit_code = a.descendant_code
            and o.period_end between a.holds_from and a.holds_to
    where o.state = 'open'

)

select
    unit_code,
    period_id,
    criterion,
    cast(sum(cases) as bigint) as cases,
    bool_or(is_any) as is_any
from united
where cases > 0
group by
    unit_code,
    period_id,
    criterion
