{{ indicator_from_exports('PETITION_PROCESSING_ON_TIME', 'petitions_on_time', 'petitions') }}
