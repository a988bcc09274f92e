{{ indicator_from_exports('ONLINE_SERVICE_USED', 'used_procedures', 'offered_procedures') }}
