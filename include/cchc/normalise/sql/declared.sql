-- Text to types for declared figures. What may be somebody's name is not taken over (datasets/declared.py), with a
-- warning. Two rows of
-- one unit, criterion, period and day of declaration that give other figures contradict each other. Criteria of one
-- whole (states of the tasks of an area, answers to a question) share its total and make it up.
with $typed,

told as (
    select
        * replace (
            upper(criterion) as criterion,
            case when regexp_full_match(declared_by, '$agency') then declared_by end as declared_by,
            case when regexp_full_match(evidence_name, '$evidence_name') then evidence_name end as evidence_name,
            case when regexp_full_match(lower(evidence_sha256), '$sha256') then lower(evidence_sha256) end as evidence_sha256
        )
    from typed
),

compared as (
    select
        *,
        min((numerator, denominator)) over same <> max((numerator, denominator)) over same as contradicts
    from told
    window same as (partition by file_no, unit, criterion, period_start, period_end, declared_at)
),

pieces as (
    select distinct t.file_no, t.unit, t.period_start, t.period_end, t.declared_at, k.whole, t.criterion, t.numerator, t.denominator
    from told as t
    inner join known_criteria as k on t.criterion = k.criterion
    where k.whole is not null
),

wholes as (
    select
        file_no, unit, period_start, period_end, declared_at, whole,
        sum(numerator) <> max(denominator) or min(denominator) <> max(denominator) as is_broken
    from pieces
    group by all
)

select
    t.* exclude ($texts, contradicts) replace (
        coalesce(t.fault, case when t.contradicts and t.unit is not null then 'contradiction' end) as fault,
        case when t.evidence_sha256_text is not null and t.evidence_sha256 is null then 'evidence_sha256' end as unknown_values,
        case when t.evidence_sha256 is null then shape(t.evidence_sha256_text) end as unknown_value_shape,
        case
            when
                (t.declared_by_text is not null and t.declared_by is null)
                or (t.evidence_name_text is not null and t.evidence_name is null)
                then concat_ws(',', t.noticed, 'unreadable_value')
            else t.noticed
        end as noticed
    ),
    case when owner.agency_code is null then 'unit' end as unknown_units,
    case when known.criterion is null then 'criterion' end as unknown_criteria,
    case when known.criterion is null then shape(t.criterion_text) end as criterion_shape,
    coalesce(wholes.is_broken, false) as broken_whole,
    least(t.numerator, t.denominator) as least_amount,
    t.numerator is null or t.denominator is null as bad_amount,
    coalesce(
        case when t.numerator is null then shape(t.numerator_text) end,
        case when t.denominator is null then shape(t.denominator_text) end
    ) as amount_shape
from compared as t
left join known_units as owner on t.unit = owner.agency_code and t.export_date = owner.export_date
left join known_criteria as known on t.criterion = known.criterion
left join wholes
    on
        t.file_no = wholes.file_no
        and t.unit is not distinct from wholes.unit
        and t.period_start is not distinct from wholes.period_start
        and t.period_end is not distinct from wholes.period_end
        and t.declared_at is not distinct from wholes.declared_at
        and known.whole = wholes.whole
