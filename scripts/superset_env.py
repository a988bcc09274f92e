"""``make superset``: Superset with our dashboards over this installation's warehouse, on this machine only.

It needs older libraries than the warehouse does, so it has an environment of its own (``.superset``, locked by
``requirements.superset.lock``). Its database, keys and first password lie in ``<workdir>/superset``, mode 0700.
``superset_env.py prepare`` makes them and imports the dashboards; ``serve`` does so and serves until it is interrupted.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from cchc.bi.superset import write_bundle
from cchc.engines import of_engine
from cchc.errors import CchcError
from cchc.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = Path(os.environ.get("SUPERSET_VENV", PROJECT / ".superset")) / "bin" / "python"
HOST, PORT = os.environ.get("SUPERSET_HOST", "127.0.0.1"), os.environ.get("SUPERSET_PORT", "8088")
LOGIN = "superset"


def database(settings: Settings) -> str:
    """SQLAlchemy's URL of what is served; on a server by a login of its own, whose new password Superset keeps."""
    url: str = of_engine("serve", settings).url_for_tools(settings, LOGIN)
    return url


def prepare(settings: Settings) -> dict[str, str]:
    """Keys, first password, tables, users and dashboards; returns Superset's environment."""
    home = settings.workdir / "superset"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("secret_key", "admin_password"):
        if not (home / name).is_file():
            (home / name).write_text(secrets.token_urlsafe(48 if name == "secret_key" else 18), "utf-8")
    env = os.environ | {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(PROJECT / "scripts" / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app",
        "PYTHONWARNINGS": "ignore",
    }
    bundle = home / "dashboards.zip"
    titles = write_bundle(settings.dbt_target, bundle, database(settings))
    try:
        with (home / "prepare.log").open("wb") as log:
            done = subprocess.run(
                [PYTHON, PROJECT / "scripts" / "superset_prepare.py", bundle], env=env, stdout=log, stderr=log
            )
    finally:
        bundle.unlink()  # it holds the reader's password
    if done.returncode:
        last = (home / "prepare.log").read_text("utf-8", "replace").strip().splitlines()[-5:]
        raise CchcError("\n".join([f"Superset did not take the dashboards; all of it: {home / 'prepare.log'}", *last]))
    print(f"dashboards: {', '.join(titles)}")
    return env


def main(arguments: list[str]) -> int:
    """``prepare`` or ``serve``."""
    os.umask(0o077)
    settings = Settings.from_env()
    try:
        env = prepare(settings)
    except CchcError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments == ["serve"]:
        password = settings.workdir / "superset" / "admin_password"
        print(f"Superset: http://127.0.0.1:{PORT} (user admin, password in {password})")
        options = ["--bind", f"{HOST}:{PORT}", "--worker-class", "gthread", "--threads", "8", "--timeout", "120"]
        server = [str(PYTHON.with_name("gunicorn")), *options, "superset.app:create_app()"]
        sys.stdout.flush()
        os.execve(server[0], server, env)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
