-- Text to types for the national portal's published figures.
select
    t.rid,
    t.file_no,
    t.row_number,
    t.row_hash,
    upper(t.unit_code) as unit_code,
    map_unit_level.canonical as unit_level,
    t.unit_name,
    try_cast(t.period_start as date) as period_start,
    try_cast(t.period_end as date) as period_end,
    t.criterion,
    try_cast(t.numerator as decimal(18, 4)) as numerator,
    try_cast(t.denominator as decimal(18, 4)) as denominator,
    try_cast(t.published_ratio as decimal(9, 4)) as published_ratio,
    try_cast(t.published_score as decimal(9, 2)) as published_score,
    try_cast(t.max_score as decimal(9, 2)) as max_score,
    f.revision_id,
    f.system,
    f.delivering_unit,
    f.export_date,
    case when try_cast(t.period_start as date) is null then 'period_start' end as bad_dates,
    case when owner.agency_code is null then 'unit_code' end as unknown_units,
    least(try_cast(t.numerator as decimal(18, 4)), try_cast(t.denominator as decimal(18, 4))) as least_amount,
    (t.numerator is not null and try_cast(t.numerator as decimal(18, 4)) is null)
    or (t.denominator is not null and try_cast(t.denominator as decimal(18, 4)) is null) as bad_amount,
    coalesce(
        case when try_cast(t.numerator as decimal(18, 4)) is null then shape(t.numerator) end,
        case when try_cast(t.denominator as decimal(18, 4)) is null then shape(t.denominator) end
    ) as amount_shape
from text_rows as t
inner join batch_files as f on t.file_no = f.file_no
left join map_unit_level on t.unit_level = map_unit_level.raw
left join known_units as owner on upper(t.unit_code) = owner.agency_code and f.export_date = owner.export_date
