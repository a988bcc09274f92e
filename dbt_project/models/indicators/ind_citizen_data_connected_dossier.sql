{{ indicator_from_exports('CITIZEN_DATA_CONNECTED_DOSSIER', 'vneid_verified', 'received') }}
