"""The registry: what is known of systems, units, procedures, headings, codes and rule sets, as dated data files.

CSV and YAML files -> :class:`cchc.registry.catalogue.Registry`, and of it the tables ``reg_*`` of the warehouse.
"""
