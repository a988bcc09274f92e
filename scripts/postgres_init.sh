#!/bin/bash
# At the first start of the PostgreSQL image: three databases, each with an owner that sees no other one.
# Passwords come percent-encoded, as .env holds them.
set -euo pipefail

make_database() {
    local encoded="$2"
    PASSWORD="$(printf '%b' "${encoded//%/\\x}")" psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 -v name="$1" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password PASSWORD
create role :"name" login password :'password';
create database :"name" owner :"name" encoding 'UTF8' template template0;
revoke all on database :"name" from public;
SQL
}

make_database warehouse "$WAREHOUSE_PASSWORD"
make_database ledger "$LEDGER_PASSWORD"
make_database metadata "$METADATA_PASSWORD"
# roles of readers are made by the owner of the warehouse; nobody signs in as superuser over the network
psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -c 'alter role warehouse createrole' -c 'alter role current_user password null'
