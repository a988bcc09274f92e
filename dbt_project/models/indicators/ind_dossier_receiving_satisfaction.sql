{{ indicator_from_exports('DOSSIER_RECEIVING_SATISFACTION', 'satisfied', 'received') }}
