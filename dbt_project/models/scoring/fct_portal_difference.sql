-- What our exports count beside what the portal publishes, and which kind of difference it is. The portal's figure stays
-- official. A class is named from what both sides say themselves, in this order:
--   equal             both parts, or, where the portal gives none, its percentage to two decimals
--   portal_only       our exports measure no such thing of the unit in the period
--   other_rule        the same cases, more or fewer of them counted as good; or the same parts and another score (by more
--                     than a hundredth, which rounding may cost)
--   other_period      the portal's parts are ours of another period of the kind (the nearest), of thirty cases or more:
--                     fewer meet by chance
--   not_synchronised  it has fewer cases, and its own count of dossiers not yet synchronised is enough for the gap
--   not_delivered     it has more cases, and files of the unit are missing or rows are held back
--   ministry_system   it has more cases, although all that was due was delivered and read and no row is held back: no
--                     system of the province exports them
--   unexplained       everything else
with ours as (

    select
        unit_code,
        period_id,
        indicator,
        numerator,
        denominator
    from {{ ref('fct_unit_indicator') }}
    where
        source = 'exports'
        and numerator is not null
        and denominator is not null

),

theirs as (

    select
        unit_code,
        period_id,
        criterion,
        numerator,
        denominator,
        published_percent,
        published_score
    from {{ ref('fct_portal_figure') }}
    where criterion not like 'GROUP:%'

),

periods as (

    select
        period_id,
        period_kind,
        period_end
    from {{ ref('dim_period') }}

),

elsewhere as (

    select
        t.unit_code,
        t.period_id,
        t.criterion,
        o.period_id as other_period_id,
        row_number() over (
            partition by t.unit_code, t.period_id, t.criterion
            order by abs({{ days_from('q.period_end', 'p.period_end') }}), o.period_id
        ) as position
    from theirs as t
    inner join ours as o
        on
            t.unit_code = o.unit_code
            and t.criterion = o.indicator
            and t.numerator = o.numerator
            and t.denominator = o.denominator
            and t.period_id <> o.period_id
    inner join periods as p on t.period_id = p.period_id
    inner join periods as q
        on
            o.period_id = q.period_id
            and p.period_kind = q.period_kind
    where t.denominator >= 30

),

behind as (

    select
        unit_code,
        period_id,
        denominator - numerator as not_synchronised
    from theirs
    where criterion = 'DOSSIER_SYNC'

),

held as (

    select distinct
        a.ancestor_code as unit_code,
        d.period_id
    from {{ ref('fct_quarantine') }} as q
    inner join {{ ref('dim_period_day') }} as d on q.export_date = d.day
    inner join {{ ref('dim_unit_ancestry') }} as a
        on
            q.delivering_unit = a.descendant_code
            and q.export_date between a.holds_from and a.holds_to
    where
        q.dataset = 'dossiers'
        and q.is_in_force

),

beside as (

    select
        t.unit_code,
        t.period_id,
        m.method,
        t.criterion,
        o.numerator as our_numerator,
        o.denominator as our_denominator,
        t.numerator as portal_numerator,
        t.denominator as portal_denominator,
        t.published_percent,
        t.published_score,
        case
            when o.denominator > 0
                then {{ half_up_score('o.numerator', 'o.denominator', 'c.max_score', 'c.full_at_percent') }}
            when o.denominator = 0 and c.zero_denominator = 'maximum' then c.max_score
            when o.denominator = 0 then cast(0 as decimal(9, 2))
        end as our_score,
        cast({{ half_up_ratio('o.numerator', 'o.denominator') }} * 100 as decimal(18, 4)) as our_percent,
        e.other_period_id,
        b.not_synchronised,
        coalesce(k.deliveries_readable < k.deliveries_due, false) or h.unit_code is not null as is_incomplete,
        coalesce(k.deliveries_due > 0 and k.deliveries_readable = k.deliveries_due, false) and h.unit_code is null
            as is_complete
    from theirs as t
    inner join {{ ref('fct_period_method') }} as m on t.period_id = m.period_id
    inner join {{ ref('dim_criterion') }} as c
        on
            m.method = c.method
            and t.criterion = c.criterion
    left join ours as o
        on
            t.unit_code = o.unit_code
            and t.period_id = o.period_id
            and t.criterion = o.indicator
    left join elsewhere as e
        on
            t.unit_code = e.unit_code
            and t.period_id = e.period_id
            and t.criterion = e.criterion
            and e.position = 1
    left join behind as b
        on
            t.unit_code = b.unit_code
            and t.period_id = b.period_id
    left join {{ ref('fct_unit_completeness') }} as k
        on
            t.unit_code = k.unit_code
            and t.period_id = k.period_id
    left join held as h
        on
            t.unit_code = h.unit_code
            and t.period_id = h.period_id

),

classed as (

    select
        unit_code,
        period_id,
        method,
        criterion,
        our_numerator,
        our_denominator,
        our_score,
        portal_numerator,
        portal_denominator,
        published_percent,
        published_score,
        case
            when our_denominator is null then 'portal_only'
            when our_numerator = portal_numerator and our_denominator = portal_denominator
                then case when abs(our_score - published_score) > 0.01 then 'other_rule' else 'equal' end
            when portal_denominator is null and round(our_percent, 2) = round(published_percent, 2) then 'equal'
            when portal_numerator is null or portal_denominator is null then 'unexplained'
            when our_denominator = portal_denominator then 'other_rule'
            when other_period_id is not null then 'other_period'
            when portal_denominator < our_denominator and not_synchronised >= our_denominator - portal_denominator
                then 'not_synchronised'
            when portal_denominator > our_denominator and is_incomplete then 'not_delivered'
            when portal_denominator > our_denominator and is_complete then 'ministry_system'
            else 'unexplained'
        end as difference,
        other_period_id
    from beside

)

select
    unit_code,
    period_id,
    method,
    criterion,
    our_numerator,
    our_denominator,
    our_score,
    portal_numerator,
    portal_denominator,
    published_percent,
    published_score,
    difference,
    case when difference = 'other_period' then other_period_id end as other_period_id
from classed
