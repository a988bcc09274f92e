{{ indicator_from_exports('PAYMENT_TRANSACTED_PROCEDURE', 'fee_procedures_paid_online', 'fee_procedures') }}
