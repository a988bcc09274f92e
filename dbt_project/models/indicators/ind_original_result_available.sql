{{ indicator_from_exports('ORIGINAL_RESULT_AVAILABLE', 'electronic_result', 'received') }}
