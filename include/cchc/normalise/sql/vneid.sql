-- Text to types for VNeID activation: cumulative counts of one commune at the end of a day.
with typed as (
    select
        t.rid,
        t.file_no,
        t.row_number,
        t.row_hash,
        t.commune_code,
        case
            when regexp_full_match(t.as_of_date, '\d{4}-\d\d-\d\d') then try_cast(t.as_of_date as date)
        end as as_of_date,
        t.as_of_date as date_text,
        t.chip_card_holders as holders_text,
        t.activated_level1 as level1_text,
        t.activated_level2 as level2_text,
        parse_vnd(t.chip_card_holders) as chip_card_holders,
        parse_vnd(t.activated_level1) as activated_level1,
        parse_vnd(t.activated_level2) as activated_level2,
        f.revision_id,
        f.system,
        f.delivering_unit,
        f.export_date
    from text_rows as t
    inner join batch_files as f on t.file_no = f.file_no
)

select
    t.* exclude (date_text, holders_text, level1_text, level2_text),
    case when t.as_of_date is null then 'as_of_date' end as bad_dates,
    case when commune.admin_code is null then 'commune_code' end as unknown_units,
    least(t.chip_card_holders, t.activated_level1, t.activated_level2) as least_amount,
    t.chip_card_holders is null or t.activated_level1 is null or t.activated_level2 is null as bad_amount,
    case when t.as_of_date is null then shape(t.date_text) end as bad_date_shape,
    coalesce(
        case when t.chip_card_holders is null then shape(t.holders_text) end,
        case when t.activated_level1 is null then shape(t.level1_text) end,
        case when t.activated_level2 is null then shape(t.level2_text) end
    ) as amount_shape
from typed as t
left join known_communes as commune on t.commune_code = commune.admin_code and t.export_date = commune.export_date
