-- Who may do what. Safe to repeat; run in the warehouse's database by its owner, who may create roles, or by an
-- administrator, after something was served. What each served relation adds to it follows it: see cchc/serve/roles.py.

do $$
declare
    named text;
begin
    foreach named in array array['cchc_loader', 'cchc_modeller', 'cchc_bi', 'cchc_unit'] loop
        begin
            execute format('create role %I nologin', named);
        exception
            when duplicate_object then null;
        end;
    end loop;
    -- the login of the installation takes on one or the other for each step
    execute format('grant cchc_loader, cchc_modeller to %I', current_user);
    execute format('grant create on database %I to cchc_loader, cchc_modeller', current_database());
end $$;

revoke all on schema public from public;
create schema if not exists serving;
create table if not exists serving.unit_login (login text, unit_code text, primary key (login, unit_code));

-- A schema and everything in it belongs to one role, and nobody else gets in unasked.
do $$
declare
    home record;
    held record;
begin
    for home in
        select n.nspname as name, case n.nspname when 'raw' then 'cchc_loader' else 'cchc_modeller' end as role
        from pg_namespace as n
        where n.nspname in (
            'raw', 'staging', 'intermediate', 'marts', 'indicators', 'scoring', 'publish', 'serving', 'pub'
        )
    loop
        execute format('revoke all on schema %I from public', home.name);
        execute format('alter schema %I owner to %I', home.name, home.role);
        for held in
            select c.relname as name, case c.relkind when 'v' then 'view' else 'table' end as kind
            from pg_class as c
            inner join pg_roles as o on o.oid = c.relowner
            where c.relnamespace = home.name::regnamespace and c.relkind in ('r', 'v') and o.rolname <> home.role
        loop
            execute format('alter %s %I.%I owner to %I', held.kind, home.name, held.name, home.role);
        end loop;
    end loop;
end $$;

-- The modeller reads what was loaded.
grant usage on schema raw to cchc_modeller;
grant select on all tables in schema raw to cchc_modeller;
alter default privileges for role cchc_loader in schema raw grant select on tables to cchc_modeller;

-- The end of a served build, a step of the loader, empties what the build noted to be served.
grant usage on schema intermediate to cchc_loader;
grant select, delete on intermediate.int_unserved_keys to cchc_loader;
alter default privileges for role cchc_modeller in schema intermediate grant select, delete on tables to cchc_loader;

-- Readers: the schema pub and nothing else; a unit's people only know which units they are of.
create or replace view serving.own_unit as
select unit_code
from serving.unit_login
where login = current_user
union
select a.descendant_code
from serving.unit_login as l
inner join pub.unit_ancestry_v1 as a on l.unit_code = a.unit_code
where l.login = current_user;
alter view serving.own_unit owner to cchc_modeller;
grant usage on schema serving to cchc_unit;
grant select on serving.own_unit to cchc_unit;
grant usage on schema pub to cchc_bi, cchc_unit;

-- A reader's statement ends after five minutes, a transaction in which nothing happens after one.
do $$
declare
    reader record;
begin
    for reader in
        select distinct m.rolname as login
        from pg_auth_members as a
        inner join pg_roles as m on m.oid = a.member
        inner join pg_roles as r on r.oid = a.roleid
        where
            r.rolname in ('cchc_bi', 'cchc_unit')
            and m.rolcanlogin and not m.rolsuper
            and pg_has_role(m.oid, r.oid, 'usage')  -- whoever made the roles is a member without use
    loop
        execute format('alter role %I set statement_timeout = ''300s''', reader.login);
        execute format('alter role %I set idle_in_transaction_session_timeout = ''60s''', reader.login);
    end loop;
end $$;
