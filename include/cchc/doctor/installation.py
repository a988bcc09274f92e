"""Checks of the installation: settings, folders, rights, file modes, keys, exports, registry, Airflow's metadata."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from cchc.doctor.finding import Warned, Wrong
from cchc.engines import engine_of
from cchc.modes import loose
from cchc.server import is_server, read_server
from cchc.settings import Settings
from cchc.shelf import discard, told, whole


def settings_make_sense(settings: Settings) -> str:
    """Settings that can be read and yet can't work together."""
    for name, folder in (("CCHC_DBT_PROJECT", settings.dbt_project), ("CCHC_EXPECTATIONS", settings.expectations)):
        if not folder.is_dir():
            raise Wrong(f"{name}: {folder} is no folder; leave it empty for the one of the checkout")
    if settings.registry and not settings.registry.is_dir():
        raise Wrong(f"CCHC_REGISTRY: {settings.registry} is no folder; leave it empty for the packaged registry")
    exports = Path(settings.exports).resolve()
    own = {settings.landing, settings.staged, settings.reports, settings.editions.resolve(), settings.workdir}
    if exports in own:
        raise Wrong(f"CCHC_EXPORTS: {exports} is a folder that cchc writes; give the exports one of their own")
    if settings.reports in (settings.editions, *settings.editions.parents):
        raise Wrong("CCHC_RELEASES lies in the report's folder; give the editions one of their own")
    if doubts := engine_of(settings).doubts():
        raise Warned(doubts)
    return "they make sense together"


def working_folder(settings: Settings) -> str:
    """It is there, or can be made; this user may write; nobody else may."""
    folder = settings.workdir
    if not folder.exists():
        above = next(place for place in folder.parents if place.is_dir())
        if not os.access(above, os.W_OK | os.X_OK):
            raise Wrong(f"{folder} is not there and this user may not make it: create it for this user")
        return f"{folder} is made by the first run"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Wrong(f"{folder}: this user may not read and write there: chown it to this user")
    if stat.S_IMODE(folder.stat().st_mode) & 0o022:
        raise Wrong(f"{folder}: others may write there: chmod go-w {folder}")
    return str(folder)


def store(settings: Settings) -> str:
    """Landing, staged rows, quality pages and editions have a place that can be written, read and deleted."""
    if not settings.store:
        return "in the working folder"
    for place in (settings.landing, settings.staged, settings.quality, settings.editions):
        probe, said = place / f".doctor-{uuid4().hex}", uuid4().bytes
        with told(place):
            with whole(probe) as part:
                part.write_bytes(said)
            try:
                if probe.read_bytes() != said:
                    raise Wrong(f"{place} does not give back what was put there: no place for landed bytes")
            finally:
                discard([probe])
            if probe.exists():
                raise Wrong(f"{place}: what is deleted there stays: give these credentials the right to delete")
    return f"{settings.store}: written, read and deleted"


def file_modes(settings: Settings) -> str:
    """Private files that others may read."""
    found = loose(settings)
    if found:
        path, mode = found[0]
        raise Wrong(f"{len(found)} private places are open to others, first {path} ({mode:04o}): chmod go= {path}")
    return "private files are this user's alone"


def signing_key(settings: Settings) -> str:
    """The office's key can be read, by this user alone."""
    key = settings.signing_key
    if not key:
        return "editions are not signed: CCHC_SIGNING_KEY names no key"
    from cchc.editions.sign import read_key

    read_key(key)
    if not key.startswith("-----"):
        mode = stat.S_IMODE(Path(key).stat().st_mode)
        if mode & 0o077:
            raise Wrong(f"{key}: the key is open to others ({mode:04o}): chmod 600 {key}")
    return "the signing key can be read"


def exports(settings: Settings) -> str:
    """The root of the exports can be listed."""
    from cchc.extract import open_source
    from cchc.registry.open import open_registry

    source = open_source(settings.exports, settings.schedule)
    shown = settings.exports
    if "@" in shown and "://" in shown:
        shown = f"{urlsplit(shown).scheme}://...{urlsplit(shown).hostname}"
    systems = sorted(open_registry(settings.registry_dir).systems)
    children: Callable[[str], list[str]] | None = getattr(source, "children", None)
    if children is None:  # one that can't list folders answers for a delivery at least
        source.folder(systems[0], "H00", date.today())
        return f"{shown} answers"
    delivering = [code for code in systems if children(code)]
    if not delivering:
        raise Warned(
            f"{shown}: no folder of a registered system has anything in it; expected names such as {systems[0]}"
        )
    return f"{shown}: {len(delivering)} of {len(systems)} registered systems have folders"


def registry(settings: Settings) -> str:
    """The files of the registry are sound."""
    from cchc.registry.check import check
    from cchc.registry.open import open_registry

    problems = check(settings.registry_dir)
    if problems:
        raise Wrong(f"{len(problems)} problems; first: {problems[0]}; all of them: cchc registry check")
    found = open_registry(settings.registry_dir)
    return f"{len(found.systems)} systems, {len(found.units)} unit versions, {len(found.procedures)} procedures"


def airflow_metadata(settings: Settings) -> str:
    """Where Airflow is configured, its metadata answers; asked by SQL, for nothing here imports Airflow."""
    import sqlalchemy as sa

    if not settings.airflow_metadata:
        return "no Airflow configured for this process"
    url = settings.airflow_metadata
    name = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
    if is_server(url):
        engine = sa.create_engine("postgresql+psycopg://", connect_args=read_server(url, name).parts)
    else:
        found = sa.make_url(url)
        if not Path(found.database or "").is_file():
            raise Wrong(f"{name}: no such file; make airflow creates it")
        engine = sa.create_engine(f"sqlite:///file:{found.database}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            (revision,) = connection.execute(sa.text("select version_num from alembic_version")).one()
    except sa.exc.DBAPIError as error:
        raise Wrong(f"{name}: Airflow's metadata does not answer ({str(error.orig).splitlines()[0]})") from error
    finally:
        engine.dispose()
    return f"its metadata answers, schema {revision}"


INSTALLATION: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("settings", settings_make_sense),
    ("working folder", working_folder),
    ("store", store),
    ("file modes", file_modes),
    ("signing key", signing_key),
    ("registry", registry),
    ("exports", exports),
    ("airflow", airflow_metadata),
)
