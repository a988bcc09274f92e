{{ indicator_from_exports('OVERDUE_WITH_APOLOGY', 'overdue_with_apology', 'overdue') }}
