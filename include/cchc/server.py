"""The URL of a server, read in one place for everyone who connects: loader, readers, ledger, dbt, backup.

PostgreSQL's is read by libpq itself, so that every part holds as its manual says: hosts, a folder of sockets
(``?host=/run/postgresql``), ``sslmode`` and certificates, ``options``, a password of any characters (percent-encoded).
Spark's is that of a thrift server and a catalogue. No error tells the password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from cchc.errors import PermanentError

#: Roles of the warehouse (``cchc.serve.roles``): who writes ``raw``, who models and serves, who reads, a unit's people.
LOADER, MODELLER, BI, UNIT = ROLES = ("cchc_loader", "cchc_modeller", "cchc_bi", "cchc_unit")

#: Scheme of a URL that names a thrift server.
SPARK = "spark"

_KINDS = re.compile(r"postgres(?:ql)?(?:\+psycopg2?)?(?=://)")
_ENCODE = "write signs such as @ / ? # % : in a password or name percent-encoded (@ as %40, / as %2F, % as %25)"
#: What dbt's profile hands on by itself; everything else reaches it by the variables that libpq has for it.
_OF_PROFILE = ("host", "port", "user", "password", "dbname")


def is_server(text: str) -> bool:
    """Whether a text is meant for the URL of a PostgreSQL server."""
    return text.startswith("postgres")


@dataclass(frozen=True)
class Server:
    """One server and database. ``parts``: libpq's keywords, shown by no ``repr``; the password is among them."""

    name: str
    parts: dict[str, str] = field(repr=False)

    @property
    def said(self) -> str:
        """Server and database for people: ``host:port/database``, never user or password."""
        return f"{self.parts['host']}:{self.parts['port']}/{self.parts['dbname']}"

    def saying(self, **options: str) -> Server:
        """The same server, whose sessions begin with these settings (``role``, ``lock_timeout``)."""
        said = " ".join(f"-c {name}={value}" for name, value in options.items() if value)
        return Server(self.name, {**self.parts, "options": f"{self.parts.get('options', '')} {said}".strip()})

    def dbt_environment(self) -> dict[str, str]:
        """What ``dbt_project/profiles.yml`` reads, and libpq's own variables (``PGSSLMODE``, ...) for every other part.

        Raises ``PermanentError`` for a part that dbt can't be given.
        """
        values = {f"CCHC_PG_{key.upper()}": self.parts.get(key, "") for key in _OF_PROFILE}
        known = _variables()
        for key in self.parts.keys() - {*_OF_PROFILE}:
            variable = known.get(key)
            if not variable:
                raise PermanentError(f"{self.name}: dbt can't be given {key}; leave it out of the URL")
            values[variable] = self.parts[key]
        if not values["CCHC_PG_PORT"].isdecimal():
            raise PermanentError(f"{self.name}: dbt takes one port; let all servers of the URL listen on the same")
        return values


@dataclass(frozen=True)
class ThriftServer:
    """Spark's thrift server, and the catalogue whose tables are meant; ``user`` may be empty: who this process is."""

    host: str
    port: int
    catalogue: str
    user: str = ""

    @property
    def said(self) -> str:
        """Server and catalogue for people: ``host:port/catalogue``."""
        return f"{self.host}:{self.port}/{self.catalogue}"


def read_warehouse(text: str, name: str) -> Server | ThriftServer:
    """The server of either kind that a URL of a warehouse names. Raises ``PermanentError``, see ``read_server``."""
    return read_thrift(text, name) if text.startswith(f"{SPARK}://") else read_server(text, name)


def read_thrift(text: str, name: str) -> ThriftServer:
    """The thrift server that a URL ``spark://HOST:PORT/CATALOGUE`` names; ``name`` is the setting that holds it.

    Raises ``PermanentError`` without any part of the URL that may be secret.
    """
    told = PermanentError(f"{name} is no URL like {SPARK}://USER@HOST:PORT/CATALOGUE; see docs/settings.md")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise told from None
    if parts.password is not None:
        raise PermanentError(f"{name}: the thrift server takes no password of ours; leave it out, and guard its port")
    catalogue = parts.path.strip("/")
    if parts.scheme != SPARK or not host or not port or not re.fullmatch(r"\w+", catalogue) or parts.query:
        raise told
    return ThriftServer(host, port, catalogue, unquote(parts.username or ""))


def read_server(text: str, name: str) -> Server:
    """The server that a URL names; ``name`` is the setting that holds it. Also read: SQLAlchemy's ``postgresql+psycopg://``.

    Raises ``PermanentError``: one sentence with what to do, without any part of the URL that may be secret.
    """
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    if not _KINDS.match(text):
        raise PermanentError(
            f"{name} is no URL like postgresql://USER:PASSWORD@HOST:PORT/DATABASE; see docs/settings.md"
        )
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(plain_url(text)).items() if value not in (None, "")}
    except Error:  # its text shows what it stumbled over, which may be the password
        raise PermanentError(f"{name} can't be read: a part of the URL is unknown to PostgreSQL; {_ENCODE}") from None
    parts.setdefault("port", "5432")
    if not re.fullmatch(r"\d+(,\d+)*", parts["port"]) or "@" in parts.get("host", "") + parts.get("dbname", ""):
        raise PermanentError(f"{name} can't be read: its server or port is none; {_ENCODE}")
    if "host" not in parts:
        if "hostaddr" not in parts:
            raise PermanentError(f"{name} names no server; add its host, for a socket ?host=/run/postgresql")
        parts["host"] = parts["hostaddr"]
    if "dbname" not in parts:
        raise PermanentError(f"{name} names no database; add it behind the server: .../DATABASE")
    return Server(name, parts)


def plain_url(text: str) -> str:
    """The URL as libpq takes it, without SQLAlchemy's name of a driver."""
    return _KINDS.sub("postgresql", text, count=1)


def _variables() -> dict[str, str | None]:
    """libpq's keywords -> the variable of the environment that says the same, where it has one."""
    from psycopg.pq import Conninfo

    defaults: list[Any] = Conninfo.get_defaults()
    return {each.keyword.decode(): each.envvar and each.envvar.decode() for each in defaults}
