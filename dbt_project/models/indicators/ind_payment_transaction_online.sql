{{ indicator_from_exports('PAYMENT_TRANSACTION_ONLINE', 'obligated_transactions', 'obligated') }}
