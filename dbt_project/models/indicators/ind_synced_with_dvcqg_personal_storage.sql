{{ indicator_from_exports('SYNCED_WITH_DVCQG_PERSONAL_STORAGE', 'personal_store', 'received') }}
