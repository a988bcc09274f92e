{{ indicator_from_exports('PAYMENT_ONLINE_DOSSIER', 'obligated_paid_online', 'obligated') }}
