"""Who may do what in Airflow, as data: roles, the first user, and the keys that the parts of Airflow share."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

KEY_FILE = "keys.env"
PASSWORD_FILE = "admin_password"
#: Variable -> how its key is made: of stored connections, of tokens between the parts, of web sessions.
KEYS: dict[str, Callable[[], str]] = {
    "AIRFLOW__CORE__FERNET_KEY": lambda: Fernet.generate_key().decode(),
    "AIRFLOW__API_AUTH__JWT_SECRET": lambda: secrets.token_urlsafe(64),
    "AIRFLOW__API__SECRET_KEY": lambda: secrets.token_urlsafe(64),
}
#: The DAG that asks a person; whoever may edit it and *HITL Detail* may answer.
ASKING = "DAG:approve_rankings"

READ, EDIT, CREATE, MENU = "can_read", "can_edit", "can_create", "menu_access"
#: resource of Airflow's FAB auth manager -> actions on it
Permissions = dict[str, tuple[str, ...]]

VIEWER: Permissions = {
    "Website": (READ,),
    "DAGs": (READ, MENU),
    "DAG Code": (READ,),
    "DAG Dependencies": (READ, MENU),
    "DAG Runs": (READ, MENU),
    "DAG Versions": (READ,),
    "DAG Warnings": (READ,),
    "Task Instances": (READ, MENU),
    "Task Logs": (READ,),
    "HITL Detail": (READ, MENU),
    "Assets": (READ, MENU),
    "Cluster Activity": (READ, MENU),
    "ImportError": (READ,),
    "Jobs": (READ,),
    "My Password": (READ, EDIT),
    "My Profile": (READ,),
    "Browse": (MENU,),
}
#: Also triggers, clears, pauses and back-fills; answers no question, sees and sets no XCom, variable or connection.
ENGINEER: Permissions = {
    **VIEWER,
    "DAGs": (READ, EDIT, MENU),
    "DAG Runs": (READ, CREATE, EDIT, MENU),
    "Task Instances": (READ, CREATE, EDIT, MENU),
    "Assets": (READ, CREATE, MENU),
    "Backfills": (READ, CREATE, EDIT),
    "Pools": (READ,),
}
#: Reads, and answers the question of ``approve_rankings``; starts nothing.
APPROVER: Permissions = {**VIEWER, "HITL Detail": (READ, EDIT, MENU), ASKING: (READ, EDIT)}
ROLES = {"cchc_viewer": VIEWER, "cchc_data_engineer": ENGINEER, "cchc_approver": APPROVER}


def keys(home: Path) -> dict[str, str]:
    """Variables with the keys of this installation, none where the environment has them all.

    Made once and kept below ``home``, readable to the owner only. Every part of Airflow has to have the same ones.
    """
    if all(os.environ.get(name) for name in KEYS):
        return {}
    path = home / KEY_FILE
    if not path.is_file():
        _keep(path, "".join(f"{name}={make()}\n" for name, make in KEYS.items()))
    return dict(line.split("=", 1) for line in path.read_text("utf-8").splitlines() if line)


def grant(home: Path) -> None:
    """Bring the roles into the metadata database as they stand here; on a first start make the user ``admin``.

    Its password is random and lies in ``PASSWORD_FILE`` below ``home`` only; whoever changed it may delete the file.
    """
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    logging.getLogger("airflow.providers.fab").setLevel(logging.WARNING)  # not a line a permission
    with get_application_builder() as builder:
        manager = builder.sm
        manager.sync_roles()
        for name, permissions in ROLES.items():
            _bring(manager, name, {(action, thing) for thing, actions in permissions.items() for action in actions})
        if manager.count_users() == 0:
            (home / PASSWORD_FILE).unlink(missing_ok=True)
            _keep(home / PASSWORD_FILE, password := secrets.token_urlsafe(24))
            admin = manager.find_role("Admin")
            if not manager.add_user("admin", "Admin", "CCHC", "admin@localhost", role=admin, password=password):
                raise SystemExit("the first user could not be made: see Airflow's log")


def _bring(manager: Any, name: str, wanted: set[tuple[str, str]]) -> None:
    role = manager.add_role(name)
    held = {(each.action.name, each.resource.name): each for each in role.permissions}
    for pair in held.keys() - wanted:
        manager.remove_permission_from_role(role, held[pair])
    for action, resource in sorted(wanted - held.keys()):
        manager.add_permission_to_role(role, manager.create_permission(action, resource))


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner reads; of two who do it at once the first one's text stays."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
