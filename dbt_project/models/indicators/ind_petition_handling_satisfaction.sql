{{ indicator_from_exports('PETITION_HANDLING_SATISFACTION', 'petitions_satisfied', 'petitions') }}
