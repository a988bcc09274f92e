-- noqa: disable=LT02
-- Where a held row may count once it is released: units, and the days among which its day lies. A row with a readable
-- unit and day of receipt counts there; one whose unit can't be read, anywhere at or below the unit that delivered it;
-- one whose day can't be read, on any day up to that of its export. It may also be a newer version of what is known
-- already, and then takes that away from where it counts now.
-- `unknown_kind` says what it may change: dossiers, petitions, ratings (of dossiers), payments, letters, vneid.
with held as (

    select
        q.dataset,
        q.revision_id || ':' || cast(q.row_number as {{ dbt.type_string() }}) as row_key,
        q.system,
        q.delivering_unit,
        q.export_date,
        {{ json_text('q.payload', 'dossier_code') }} as dossier_code,
        {{ json_text('q.payload', 'feedback_code') }} as feedback_code,
        {{ json_text('q.payload', 'transaction_code') }} as transaction_code,
        {{ json_text('q.payload', 'commune_code') }} as commune_code,
        -- in a row with more or fewer cells than columns they may stand in others
        case
            when q.rules not like '%ragged_row%'
                then coalesce({{ json_text('q.payload', 'handling_unit') }}, {{ json_text('q.payload', 'unit') }})
        end as unit_text,
        case
            when q.rules not like '%ragged_row%'
                then cast(cast({{ json_text('q.payload', 'received_at') }} as timestamp) as date)
        end as received_date
    from {{ ref('fct_quarantine') }} as q
    where
        q.is_in_force
        and q.dataset in ('dossiers', 'feedback', 'payments', 'apologies', 'vneid')

),

units as (

    select
        unit_code,
        max(admin_code) as admin_code
    from {{ ref('stg_units') }}
    group by unit_code

),

known as (

    -- few rows are held, and a warehouse has millions of dossiers
    select distinct dossier_code
    from {{ ref('fct_dossier') }}
    where dossier_code in (select h.dossier_code from held as h)

),

named as (

    select
        h.*,
        coalesce(u.unit_code, c.unit_code) as named_unit,
        k.dossier_code is not null as is_of_known_dossier
    from held as h
    left join units as u on h.unit_text = u.unit_code
    left join units as c on h.commune_code = c.admin_code
    left join known as k on h.dossier_code = k.dossier_code

),

own as (

    select
        n.*,
        coalesce(n.named_unit, a.descendant_code) as unit_code
    from named as n
    left join {{ ref('dim_unit_ancestry') }} as a
        on
            n.named_unit is null
            and n.delivering_unit = a.ancestor_code
            and n.export_date between a.holds_from and a.holds_to

),

places as (

    select
        row_key,
        'dossiers' as unknown_kind,
        unit_code,
        coalesce(received_date, {{ dawn() }}) as first_day,
        coalesce(received_date, export_date) as last_day
    from own
    where dataset = 'dossiers'

    union all

    select
        row_key,
        'petitions' as unknown_kind,
        unit_code,
        coalesce(received_date, {{ dawn() }}) as first_day,
        coalesce(received_date, export_date) as last_day
    from own
    where dataset = 'feedback'

    union all

    select
        row_key,
        'vneid' as unknown_kind,
        unit_code,
        export_date as first_day,
        export_date as last_day
    from own
    where dataset = 'vneid'

    union all

    -- whose dossier can't be read: any dossier of the unit
    select
        row_key,
        case dataset when 'feedback' then 'ratings' when 'payments' then 'payments' else 'letters' end as unknown_kind,
        unit_code,
        {{ dawn() }} as first_day,
        export_date as last_day
    from own
    where
        dataset in ('feedback', 'payments', 'apologies')
        and not is_of_known_dossier

    union all

    select
        n.row_key,
        case n.dataset when 'dossiers' then 'dossiers' when 'feedback' then 'ratings' when 'payments' then 'payments' else 'letters' end
            as unknown_kind,
        d.handling_unit as unit_code,
        d.received_date as first_day,
        d.received_date as last_day
    from named as n
    inner join {{ ref('fct_dossier') }} as d on n.dossier_code = d.dossier_code
    where
        n.dataset <> 'dossiers'
        or n.system = d.system

    union all

    select
        n.row_key,
        'petitions' as unknown_kind,
        f.unit_code,
        f.received_date as first_day,
        f.received_date as last_day
    from named as n
    inner join {{ ref('fct_feedback') }} as f on n.feedback_code = f.feedback_code

    union all

    select
        n.row_key,
        'ratings' as unknown_kind,
        d.handling_unit as unit_code,
        d.received_date as first_day,
        d.received_date as last_day
    from named as n
    inner join {{ ref('fct_feedback') }} as f on n.feedback_code = f.feedback_code
    inner join {{ ref('fct_dossier') }} as d on f.dossier_key = d.dossier_key

    union all

    select
        n.row_key,
        'payments' as unknown_kind,
        d.handling_unit as unit_code,
        d.received_date as first_day,
        d.received_date as last_day
    from named as n
    inner join {{ ref('fct_online_payment') }} as p on n.transaction_code = p.transaction_code
    inner join {{ ref('fct_dossier') }} as d on p.dossier_key = d.dossier_key

)

select distinct
    row_key,
    unknown_kind,
    unit_code,
    first_day,
    last_day
from places
where
    unit_code is not null
    and last_day is not null
