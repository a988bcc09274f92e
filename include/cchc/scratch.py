"""The scratch database: an in-memory DuckDB that reads and normalises one batch, with the SQL functions for both."""

from __future__ import annotations

import unicodedata

import duckdb

from cchc.datasets.dialects import DIALECTS

#: What is trimmed off text: every kind of space, and every character that no screen shows.
SPACES = "".join(
    char for char in map(chr, range(0x10000)) if char.isspace() or unicodedata.category(char) == "Cf"
) + "".join(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10))))

#: What stands where a list should be and is none: a text that nobody can read.
NO_LIST = "#NO LIST"

#: ``blank``: trimmed text, or null where nothing is left. ``shape``: what an offending text looks like without saying
#: what it is (letters become a, digits d), so that quarantine can show it. ``parse_vnd``: amounts such as ``50.000``.
#: ``no_list``: ``NO_LIST`` where a JSON text is no list of objects.
#: ``any_flag``: of yes/no texts joined by bars, one that is yes; where none is and one can't be read, that one.
#: ``parse_<form>``: a timestamp as the form writes it; ``true_moment``: none for one before 2000 or after 8999, which
#: stand for "none". ``parse_day``: the day of a count, ``yyyy-MM-dd``.
_MACROS = (
    r"""
create macro blank(x) as case
    when regexp_full_match(x, '[!-~](.*[!-~])?') then x  -- trim looks at each of the many spaces for each text
    else nullif(trim(x, '"""
    + SPACES
    + r"""'), '')
end;
create macro is_list(x) as left(x, 1) = '[';
create macro has_items(x) as left(x, 1) = '[' and x <> '[]';
create macro no_list(x) as case
    when x is null or x in ('null', '[]', '""') then null
    when left(x, 1) <> '[' then '"""
    + NO_LIST
    + r"""'
    when len(list_filter(json_type(x, '$[*]'), lambda t: t not in ('OBJECT', 'NULL'))) > 0 then '"""
    + NO_LIST
    + r"""'
end;
create macro no_inner_list(x, path) as case
    when left(x, 1) = '[' and len(list_filter(json_type(x, path), lambda t: t not in ('ARRAY', 'NULL'))) > 0 then '"""
    + NO_LIST
    + r"""'
end;
create macro any_flag(texts) as case
    when regexp_full_match(texts, '((0|1|true|false)?\|?)*')
        then case when contains(texts, '1') then '1' when contains(texts, 'true') then 'true' else 'false' end
    else coalesce(
        list_filter(string_split(texts, '|'), lambda x: lower(blank(x)) in ('1', 'true'))[1],
        list_filter(
            string_split(texts, '|'), lambda x: blank(x) is not null and lower(blank(x)) not in ('0', 'false')
        )[1],
        'false'
    )
end;
create macro shape(x) as
    regexp_replace(regexp_replace(left(x, 40), '\p{L}\p{M}*', 'a', 'g'), '\p{N}', 'd', 'g');
create macro parse_vnd(x) as case
    when regexp_full_match(x, '-?\d{1,18}') then try_cast(x as bigint)
    when regexp_full_match(x, '-?\d{1,3}(\.\d{3})+(,0+)?')
        then try_cast(replace(split_part(x, ',', 1), '.', '') as bigint)
    when regexp_full_match(x, '-?(\d{1,18}\.0{1,2}|(0|\d{4,18})\.0{3,9})')
        then try_cast(split_part(x, '.', 1) as bigint)
end;
create macro as_code(x) as upper(case
    when right(x, 2) = '.0' and regexp_full_match(x, '\d+\.0') and not x like '%000000.0' then left(x, -2) else x
end);
create macro looks_like_code(x) as
    regexp_full_match(x, '(\p{Latin}[\p{Latin}\d._/-]*)?\d[\p{Latin}\d._/-]*')
    and not (left(x, 1) between '0' and '9' and regexp_full_match(x, '\d+(\.\d+)?[eE]\d+|0+|\d+0{6}\.0'));
create macro parse_day(x) as case when regexp_full_match(x, '\d{4}-\d\d-\d\d') then try_cast(x as timestamp) end;
create macro true_moment(x) as case when x >= timestamp '2000-01-01' and x < timestamp '9000-01-01' then x end;
create macro parse_compact(x) as case
    when length(x) = 14 and x not like '0000%' then try_strptime(x, '%Y%m%d%H%M%S')
    when regexp_full_match(x, '\d{8}') and x not like '0000%' then try_strptime(x, '%Y%m%d')
end;
create macro parse_iso(x) as case
    when x like '0000%' then null  -- no such year, and no other engine could hold it
    when x like '1900-01-00%' then timestamp '1900-01-01'  -- a spreadsheet's day 0
    when regexp_full_match(x, '\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?') then try_cast(x as timestamp)
    when regexp_full_match(x, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)')
        -- an offset in the text: shift to UTC+7, which Vietnam keeps all year
        then try_cast(regexp_extract(x, '^(.*?)(Z|[+-]\d\d:?\d\d)$', 1) as timestamp)
            - to_minutes(case
                when right(x, 1) = 'Z' then 0
                else (regexp_extract(x, '([+-])\d\d:?\d\d$', 1) || '1')::int
                    * (regexp_extract(x, '[+-](\d\d):?\d\d$', 1)::int * 60 + right(x, 2)::int)
            end) + interval 7 hour
end;
create macro parse_vietnamese(x) as case
    when regexp_full_match(x, '\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d(:\d\d)?') and x not like '%/0000 %'
        then try_strptime(x, ['%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S'])
    when regexp_full_match(x, '\d{1,2}/\d{1,2}/\d{4}') and x not like '%/0000' then try_strptime(x, '%d/%m/%Y')
    when regexp_full_match(x, '0?0/0?1/1900.*') then timestamp '1900-01-01'
    when regexp_full_match(upper(x), '\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d(:\d\d)? ?(SA|CH|AM|PM)')
        then try_strptime(
            regexp_replace(replace(replace(upper(x), 'SA', 'AM'), 'CH', 'PM'), ' ?([AP]M)$', ' \1'),
            ['%d/%m/%Y %I:%M %p', '%d/%m/%Y %I:%M:%S %p']
        )
end;
create macro parse_serial(x) as case
    -- Excel's day numbers; stored as binary fractions, so rounded to the second
    when regexp_full_match(x, '[1-9]\d{4}(\.\d+)?')
        then timestamp '1899-12-30' + to_seconds(round(x::double * 86400)::bigint)
    when x = '0' then timestamp '1900-01-01'
end;
create macro lacks_time(x) as case
    when length(x) <= 10 then regexp_full_match(x, '\d{8}|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}|[1-9]\d{4}') else false
end;
"""
)


def connect(dialect: str, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A fresh connection for one batch of a dialect.

    It never spills to disk: rows of the read stage still stand beside personal data in memory.
    """
    con = duckdb.connect(config={"threads": threads})
    con.execute("set temp_directory = ''; set preserve_insertion_order = true;")
    con.execute(_MACROS)
    forms = ", ".join(f"parse_{form}(x)" for form in DIALECTS[dialect].timestamps)
    con.execute(f"create macro parse_timestamp(x) as coalesce({forms})")
    if DIALECTS[dialect].packed:  # a day of a workbook is a date cell, or text as ISO writes it
        con.execute(
            "create or replace macro parse_day(x) as"
            " date_trunc('day', coalesce(parse_iso(x), parse_serial(x)))::timestamp"
        )
    con.execute(
        "create macro parse_deadline(x) as case when lacks_time(x)"
        " then parse_timestamp(x) + interval 86399 second else parse_timestamp(x) end"
    )
    return con
