"""``.env`` for docker-compose.yaml (``make secrets``): generated passwords and keys, readable to the owner only.

What is there stays; what is missing is made. Passwords stand percent-encoded, so that no sign of them means anything to
compose, a shell or a URL. ``make_secrets.py NAME`` reads a password of one's own from the terminal or standard input.
"""

from __future__ import annotations

import base64
import getpass
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

FILE = Path(__file__).resolve().parents[1] / ".env"
PASSWORDS = ("WAREHOUSE_PASSWORD", "LEDGER_PASSWORD", "METADATA_PASSWORD", "REDIS_PASSWORD", "POSTGRES_PASSWORD")
MADE: dict[str, Callable[[], str]] = {
    **dict.fromkeys(PASSWORDS, lambda: secrets.token_urlsafe(24)),
    "FERNET_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "JWT_KEY": lambda: secrets.token_urlsafe(64),
    "SUPERSET_KEY": lambda: secrets.token_urlsafe(64),
    "WEB_KEY": lambda: secrets.token_urlsafe(64),
}
HEAD = "# Secrets of docker-compose.yaml. Passwords are percent-encoded: make secrets SET=NAME writes one so.\n"
HINTS = "# Tasks in Celery workers: take the # away.\n#COMPOSE_PROFILES=celery\n#CELERY=1\n#WORKERS=2\n"


def completed(text: str, chosen: dict[str, str]) -> str:
    """The text of ``.env`` with every secret: those chosen (plain), those that it has, and new ones."""
    lines = text.splitlines() or [*HEAD.splitlines(), *HINTS.splitlines()]
    lines = [line for line in lines if line.split("=", 1)[0] not in chosen]
    there = {line.split("=", 1)[0] for line in lines}
    lines += [f"{name}='{quote(value, safe='')}'" for name, value in chosen.items()]
    lines += [f"{name}='{make()}'" for name, make in MADE.items() if name not in there | chosen.keys()]
    return "\n".join(lines) + "\n"


def write(path: Path, text: str) -> None:
    """Put the file in place whole, mode 0600."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)


def main(names: list[str], path: Path = FILE) -> int:
    """Complete the file; ``names``: passwords to ask for."""
    if unknown := set(names) - set(PASSWORDS):
        print(f"{', '.join(sorted(unknown))}: no password of docker-compose.yaml; known: {', '.join(PASSWORDS)}")
        return 1
    asked = {}
    for name in names:
        typed = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if len(typed) < 12:
            print(f"{name}: at least 12 characters")
            return 1
        asked[name] = typed
    write(path, completed(path.read_text("utf-8") if path.is_file() else "", asked))
    print(f"{path}: mode 0600; keep a copy where only those who may restore can read it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
