"""The scratch database: an in-memory DuckDB that reads and normalises one batch, with the SQL functions for both."""

from __future__ import annotations

import duckdb

from cchc.datasets.dialects import DIALECTS

#: What is trimmed off text: in the columns by the read stage, in the elements of lists by ``blank``.
SPACES = " \t\n\r\xa0"

#: ``blank``: trimmed text, or null where nothing is left. ``shape``: what an offending text looks like without saying
#: what it is (letters become a, digits d), so that quarantine can show it. ``parse_vnd``: amounts such as ``50.000``.
_MACROS = r"""
create macro blank(x) as nullif(trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '');
create macro shape(x) as
    regexp_replace(regexp_replace(left(x, 40), '\p{L}\p{M}*', 'a', 'g'), '\p{N}', 'd', 'g');
create macro parse_vnd(x) as case
    when regexp_full_match(x, '-?\d{1,18}') then try_cast(x as bigint)
    when regexp_full_match(x, '-?\d{1,3}(\.\d{3})+(,0+)?')
        then try_cast(replace(split_part(x, ',', 1), '.', '') as bigint)
    when regexp_full_match(x, '-?\d{1,18}\.0{1,2}') then try_cast(split_part(x, '.', 1) as bigint)
end;
create macro parse_compact(x) as case
    when length(x) = 14 and x not like '0000%' then try_strptime(x, '%Y%m%d%H%M%S')
end;
create macro parse_iso(x) as case
    when x like '0000%' then null  -- no such year, and no other engine could hold it
    when regexp_full_match(x, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?') then try_cast(x as timestamp)
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
end;
create macro parse_serial(x) as case
    -- Excel's day numbers; stored as binary fractions, so rounded to the second
    when regexp_full_match(x, '[1-9]\d{4}(\.\d+)?')
        then timestamp '1899-12-30' + to_seconds(round(x::double * 86400)::bigint)
end;
"""


def connect(dialect: str, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A fresh connection for one batch of a dialect.

    It never spills to disk: rows of the read stage still stand beside personal data in memory.
    """
    con = duckdb.connect(config={"threads": threads})
    con.execute("set temp_directory = ''; set preserve_insertion_order = true;")
    con.execute(_MACROS)
    forms = ", ".join(f"parse_{form}(x)" for form in DIALECTS[dialect].timestamps)
    con.execute(f"create macro parse_timestamp(x) as coalesce({forms})")
    return con
