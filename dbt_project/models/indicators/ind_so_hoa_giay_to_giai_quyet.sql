{{ indicator_from_exports('SO_HOA_GIAY_TO_GIAI_QUYET', 'digitised', 'received') }}
