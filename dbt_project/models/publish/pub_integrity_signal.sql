-- For the office only: each dossier that should be looked at, once a signal, with the two rows that show it. On no page
-- and in no edition. A signal is a question to the unit; the note says what else may explain it.
select
    c.signal,
    c.signal_vi,
    c.signal_en,
    c.handling_unit,
    c.received_date,
    c.system,
    c.dossier_code,
    c.new_dossier_code,
    c.earlier_at,
    c.later_at,
    c.days,
    c.minutes_after,
    c.n_alike_before,
    c.note_vi,
    c.note_en,
    a.path as earlier_path,
    a.revision as earlier_revision,
    c.earlier_row_number,
    a.export_date as earlier_export_date,
    a.sha256 as earlier_sha256,
    b.path as later_path,
    b.revision as later_revision,
    c.later_row_number,
    b.export_date as later_export_date,
    b.sha256 as later_sha256
from {{ ref('fct_integrity_case') }} as c
left join {{ ref('fct_delivery') }} as a on c.earlier_revision_id = a.revision_id
left join {{ ref('fct_delivery') }} as b on c.later_revision_id = b.revision_id
