{{ indicator_from_exports('ONLINE_SERVICE_PROVIDED', 'offered_procedures', 'authority_procedures') }}
