-- Values of the editions with names; the evidence stays with its keeper, so this relation is not open data.
select
    v.edition,
    v.scheme,
    s.family,
    v.year,
    v.edition_revision,
    v.is_latest_revision,
    v.unit_code,
    u.unit_name,
    v.node,
    v.parent,
    n.name_vi as node_vi,
    n.name_en as node_en,
    v.node_kind,
    v.max_score,
    v.max_basis,
    v.raw_value,
    v.normalised,
    v.norm_low,
    v.norm_high,
    v.self_score,
    v.recognised_score,
    v.self_difference,
    v.score,
    v.percent,
    v.recomputed_percent,
    v.percent_fit,
    v.needed_low,
    v.needed_high,
    v.implied_max_score,
    v.parts_score,
    v.parts_fit,
    v.rank,
    v.rank_of,
    v.ranked_units,
    v.rank_change,
    v.previous_rank,
    v.published_text,
    v.evidence_name,
    v.evidence_sha256,
    v.source,
    v.note
from {{ ref('fct_index_value') }} as v
inner join {{ ref('dim_index_edition') }} as e on v.edition = e.edition
inner join {{ ref('dim_index_scheme') }} as s on v.scheme = s.scheme
left join {{ ref('dim_index_node') }} as n
    on
        v.scheme = n.scheme
        and v.node = n.node
        and e.period_end >= n.valid_from
        and (n.valid_to is null or e.period_end <= n.valid_to)
left join {{ ref('dim_unit') }} as u
    on
        v.unit_code = u.unit_code
        and u.is_latest
