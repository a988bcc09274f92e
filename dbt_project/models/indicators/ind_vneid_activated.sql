{{ indicator_from_exports('VNEID_ACTIVATED', 'vneid_activated', 'chip_card_holders') }}
