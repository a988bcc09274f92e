"""Who may do what on a PostgreSQL server, as code: the statements that make it so, safe to repeat.

| role | may |
|---|---|
| ``cchc_loader`` | own and write ``raw`` |
| ``cchc_modeller`` | read ``raw``; own what dbt makes, and ``pub`` |
| ``cchc_bi`` | read ``pub``, every row; statements and forgotten transactions end after their time |
| ``cchc_unit`` | the same, but rows about single cases of its own units only (row-level security) |

None of them may log in. The login of the installation is a member of the first two and takes on one or the other
for each step (``CCHC_WAREHOUSE_ROLES``). Readers get logins of their own: ``cchc reader``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import psycopg

from cchc.engines import engine_of
from cchc.errors import PermanentError
from cchc.serve.base import ABOUT
from cchc.serve.shape import Relation, relations
from cchc.server import BI, LOADER, MODELLER, ROLES, UNIT
from cchc.settings import Settings

_LOGIN = re.compile(r"[a-z][a-z0-9_]{1,62}")


def are_there(connection: psycopg.Connection[Any]) -> bool:
    """Whether ``cchc roles`` ran in this database: a server's roles are those of all its databases, what says who reads
    which rows is each database's own.
    """
    found = connection.execute(
        "select to_regclass('serving.own_unit') is not null and count(*) = %s from pg_roles where rolname = any(%s)",
        [len(ROLES), list(ROLES)],
    ).fetchone()
    return found is not None and bool(found[0])


def read_by_all(name: str) -> list[str]:
    """The statements that let readers read a served relation."""
    return [f"grant select on pub.{name} to {BI}, {UNIT}"]


def rules(relation: Relation) -> list[str]:
    """The statements that say who reads which rows of a served relation."""
    made = read_by_all(relation.name)
    if relation.is_view:  # whoever asks is asked for, not the view's owner
        return [*made, f"alter view pub.{relation.name} set (security_invoker = true)"]
    if not relation.rows_of:
        return made
    return [
        *made,
        f"alter table pub.{relation.name} enable row level security",
        f"drop policy if exists all_rows on pub.{relation.name}",
        f"create policy all_rows on pub.{relation.name} for select to {BI} using (true)",
        f"drop policy if exists own_rows on pub.{relation.name}",
        f"create policy own_rows on pub.{relation.name} for select to {UNIT} "
        f"using ({relation.rows_of} in (select unit_code from serving.own_unit))",
    ]


def statements(served: Iterable[Relation]) -> list[str]:
    """All statements, in order, for a database in which something was served."""
    made = [_fixed(), *(statement for name in ABOUT for statement in read_by_all(name))]
    return made + [statement for relation in served for statement in rules(relation)]


def give(settings: Settings) -> None:
    """Make the roles, hand over what each owns, and say who reads what; safe to repeat, in one transaction.

    Raises ``PermanentError`` where the login of ``CCHC_WAREHOUSE`` may not, or nothing was built yet.
    """
    served = relations(settings.dbt_target / "manifest.json")
    with _connect(settings) as connection:
        if connection.execute("select to_regclass('pub.build_v1')").fetchone() == (None,):
            raise PermanentError("nothing is served yet: build first (cchc build), then cchc roles")
        try:
            for statement in statements(served):
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise PermanentError(
                f"the login of CCHC_WAREHOUSE may not do this ({error.diag.message_primary}): give it CREATEROLE, or "
                "let the server's administrator run what cchc roles --sql prints"
            ) from error


def add_reader(settings: Settings, login: str, units: list[str]) -> str:
    """A login that reads: everything, or as the people of some units. Returns its new password.

    A login that is there gets a new password and these units. Raises ``PermanentError`` for a name that is none, units
    that the warehouse has not, or roles that are not made.
    """
    if not _LOGIN.fullmatch(login) or login in ROLES:
        raise PermanentError(
            f"{login!r}: a login is small letters, digits and _, from a letter on, and no role of cchc"
        )
    password = secrets.token_urlsafe(24)
    role, other = (UNIT, BI) if units else (BI, UNIT)
    with _connect(settings) as connection:
        if not are_there(connection):
            raise PermanentError("the roles are not made: cchc roles")
        known = {code for (code,) in connection.execute("select unit_code from pub.unit_latest_v1").fetchall()}
        if missing := sorted(set(units) - known):
            raise PermanentError(f"the warehouse has no unit {', '.join(missing)}; codes: pub.unit_latest_v1")
        found = connection.execute(
            "select rolsuper or rolcreaterole or pg_has_role(oid, %s, 'member') or pg_has_role(oid, %s, 'member') "
            "from pg_roles where rolname = %s",
            [LOADER, MODELLER, login],
        ).fetchone()
        if found and found[0]:
            raise PermanentError(f"{login} may do more than read: take another name")
        verb = "alter" if found else "create"
        for statement in (
            f"{verb} role {login} login password '{password}'",
            f"revoke {other} from {login}",
            f"grant {role} to {login}",
            f"alter role {login} set search_path = pub",
        ):
            connection.execute(statement)
        connection.execute(_fixed())
        connection.execute("delete from serving.unit_login where login = %s", [login])
        with connection.cursor() as cursor:
            cursor.executemany("insert into serving.unit_login values (%s, %s)", [(login, unit) for unit in set(units)])
    return password


def readers(settings: Settings) -> list[tuple[str, str, str]]:
    """Who reads: login, role, units."""
    with _connect(settings) as connection:
        return connection.execute(
            "select m.rolname, r.rolname, coalesce((select string_agg(unit_code, ', ' order by unit_code) "
            "from serving.unit_login where login = m.rolname), '') from pg_auth_members as a "
            "inner join pg_roles as m on m.oid = a.member inner join pg_roles as r on r.oid = a.roleid "
            "where r.rolname = any(%s) and m.rolcanlogin and not m.rolsuper "
            "and pg_has_role(m.oid, r.oid, 'usage') order by 1, 2",  # whoever made the roles is a member without use
            [[BI, UNIT]],
        ).fetchall()


def _fixed() -> str:
    return (files("cchc.serve") / "sql" / "roles.sql").read_text(encoding="utf-8")


def _connect(settings: Settings) -> psycopg.Connection[Any]:
    parts: dict[str, Any] = dict(engine_of(settings).guarding_server().parts)
    try:
        return psycopg.connect(**parts)
    except psycopg.OperationalError as error:
        raise PermanentError(f"warehouse not reached: {error}") from error
