"""Superset's tables, roles, first user and our dashboards, in one start of Superset; runs in Superset's environment.

``superset_prepare.py BUNDLE.zip``: the bundle brings the dashboards up to date; charts that the office made stay. The
first user is ``admin`` with the password in ``$SUPERSET_HOME/admin_password``.
"""

import os
import sys
from pathlib import Path
from zipfile import ZipFile

import yaml
from flask import g
from superset.app import create_app


def main(bundle: str) -> None:
    """Prepare, and import."""
    home = Path(os.environ["SUPERSET_HOME"])
    with create_app().app_context():
        from flask_migrate import upgrade
        from superset import appbuilder, db, security_manager
        from superset.commands.dashboard.importers.dispatcher import ImportDashboardsCommand
        from superset.commands.importers.v1.utils import get_contents_from_bundle
        from superset.models.core import Database

        upgrade(directory=str(Path(sys.modules["superset"].__file__).parent / "migrations"))
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        if security_manager.find_user(username="admin") is None:
            password = (home / "admin_password").read_text("utf-8")
            admin = security_manager.find_role("Admin")
            if not security_manager.add_user("admin", "admin", "cchc", "admin@example.invalid", admin, password):
                raise SystemExit("Superset's first user was not made; see the lines above")
        g.user = security_manager.find_user(username="admin")
        with ZipFile(bundle) as packed:
            contents = get_contents_from_bundle(packed)
        ImportDashboardsCommand(contents, overwrite=True).run()
        told = yaml.safe_load(contents["databases/cchc.yaml"])
        database = db.session.query(Database).filter_by(uuid=told["uuid"]).one()
        database.set_sqlalchemy_uri(told["sqlalchemy_uri"])  # a database that is there keeps its old password
        db.session.commit()


if __name__ == "__main__":
    main(sys.argv[1])
