-- From a payment figure back to the file: counted are succeeded, not refunded transactions of obligated dossiers.
select
    x.payment_key,
    x.transaction_code,
    x.outcome,
    x.is_refunded,
    x.system,
    x.dossier_key,
    x.dossier_code,
    x.join_status,
    x.unit_code,
    x.amount_vnd,
    x.gateway,
    x.paid_at,
    f.path,
    f.revision,
    x.revision_id,
    x.row_number,
    x.export_date,
    f.sha256
from {{ ref('fct_online_payment') }} as x
left join {{ ref('fct_delivery') }} as f on x.revision_id = f.revision_id
