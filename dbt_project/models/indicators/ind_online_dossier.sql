{{ indicator_from_exports('ONLINE_DOSSIER', 'online', 'received') }}
