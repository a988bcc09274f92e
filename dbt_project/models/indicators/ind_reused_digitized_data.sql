{{ indicator_from_exports('REUSED_DIGITIZED_DATA', 'reused', 'received') }}
