-- Beside the warehouse (database cchc): one database each for the ledger and for Airflow's metadata.
create database ledger;
create database airflow;
