select
    file_no,
    row_number,
    row_hash,
    unit_code,
    unit_level,
    unit_name,
    period_start,
    period_end,
    criterion,
    numerator,
    denominator,
    published_ratio,
    published_score,
    max_score
from source_rows
