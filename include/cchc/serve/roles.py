"""Who may do what on a PostgreSQL server, as code: the statements that make it so, safe to repeat.

| role | may |
|---|---|
| ``cchc_loader`` | own and write ``raw`` |
| ``cchc_modeller`` | read ``raw``, keep its build state; own what dbt makes, and ``pub`` |
| ``cchc_bi`` | read ``pub``, every row; a statement, and a forgotten transaction, end after their time |
| ``cchc_unit`` | the same, but rows of dossiers of its own units only (row-level security); aggregates of everybody |

None of them may log in. People and tools get logins of their own that are members: ``create role chi_ha login
password ... in role cchc_unit``, and for a unit's people ``insert into serving.unit_login values ('chi_ha',
'H50.107')``: the unit and all below it.
"""

from __future__ import annotations

from collections.abc import Iterable

from cchc.serve.shape import Relation

LOADER, MODELLER, BI, UNIT = "cchc_loader", "cchc_modeller", "cchc_bi", "cchc_unit"
ROLES = (LOADER, MODELLER, BI, UNIT)
STATEMENT_SECONDS, IDLE_SECONDS = 300, 60
#: Schemas that dbt makes, besides those that readers see.
MODELLED = ("staging", "marts", "intermediate", "indicators", "scoring", "publish", "serving")
#: The column that says whose a row of a dossier is.
OWNER = "handling_unit"


def statements(relations: Iterable[Relation]) -> list[str]:
    """All statements, in order; run them as an owner of the database who may create roles, after the first build."""
    made = [
        f"do $$ begin create role {role} nologin; exception when duplicate_object then null; end $$" for role in ROLES
    ]
    made += [f"revoke all on schema {name} from public" for name in ("public", "raw", *MODELLED, "pub")]
    made += [
        f"grant usage, create on schema raw to {LOADER}",
        f"grant all on all tables in schema raw to {LOADER}",
        f"grant usage on schema raw to {MODELLER}",
        f"grant select on all tables in schema raw to {MODELLER}",
        f"grant insert, update, delete on raw.build_state, raw.pending, raw.building to {MODELLER}",
    ]
    for name in (*MODELLED, "pub"):
        made += [
            f"grant usage, create on schema {name} to {MODELLER}",
            f"grant all on all tables in schema {name} to {MODELLER}",
        ]
    made += [
        "create table if not exists serving.unit_login (login text, unit_code text, primary key (login, unit_code))",
        f"grant usage on schema pub to {BI}, {UNIT}",
        f"grant select on all tables in schema pub to {BI}, {UNIT}",
        f"alter default privileges in schema pub grant select on tables to {BI}, {UNIT}",
        f"grant usage on schema serving to {UNIT}",
        f"grant select on serving.unit_login to {UNIT}",
    ]
    for role in (BI, UNIT):
        made += [
            f"alter role {role} set statement_timeout = '{STATEMENT_SECONDS}s'",
            f"alter role {role} set idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'",
        ]
    for relation in relations:
        if relation.is_view:  # whoever asks is asked for, not the view's owner
            made.append(f"alter view pub.{relation.name} set (security_invoker = true)")
        elif any(column.name == OWNER for column in relation.columns):
            made += _own_rows(relation.name)
    return made


def _own_rows(name: str) -> list[str]:
    """Row-level security of one relation: everybody's rows for BI, those of its own units for a unit."""
    mine = (
        "exists (select 1 from serving.unit_login as l join pub.unit_ancestry_v1 as a on a.unit_code = l.unit_code "
        f"where l.login = current_user and a.descendant_code = {OWNER})"
    )
    return [
        f"alter table pub.{name} enable row level security",
        f"drop policy if exists all_rows on pub.{name}",
        f"create policy all_rows on pub.{name} for select to {BI}, {MODELLER} using (true)",
        f"drop policy if exists own_rows on pub.{name}",
        f"create policy own_rows on pub.{name} for select to {UNIT} using ({mine})",
    ]
