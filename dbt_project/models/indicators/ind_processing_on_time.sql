{{ indicator_from_exports('PROCESSING_ON_TIME', 'on_time', 'judged') }}
