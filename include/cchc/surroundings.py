"""What the machine raises, in our terms: no room, no right, a lock that somebody else holds.

Most of it may arise in any stage, from Python, SQLite, DuckDB or dbt; what it means stands here once. Both doors ask
here, so that none of it ends in a traceback.
"""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cchc.errors import CchcError, MachineError, PermanentError, TransientError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUSY = {errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.ETIMEDOUT, errno.EDEADLK}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_BROKEN = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.EMFILE, errno.ENFILE, errno.ENOMEM}

ROOM = "make room and run the same command again: nothing is lost"
RIGHT = "give this user the right to read and write there"
AGAIN = "run the same command again when it is free: nothing is lost"

#: What SQLite, DuckDB and dbt say (they have no codes of their own for most of it) -> what it means.
_SAID = (
    (r"TTransportException|TSocket read 0 bytes|could not connect to any of", "away"),
    (r"no space left|disk is full|disk quota|file too large|out of disk space", "room"),
    (r"could not set lock|conflicting lock|database is locked|database table is locked", "lock"),
    (r"permission denied|readonly database|read-only|unable to open database|operation not permitted", "right"),
    (r"input/output error|disk i/o error", "disk"),
    (r"not a database|malformed|not a valid duckdb|corrupt|replaying wal|not a duckdb", "damage"),
    (r"database file with version number", "version"),
    (r"out of memory|could not allocate", "memory"),
    (r"could not write|could not read|cannot open file|could not (?:sync|truncate)", "disk"),
)


def in_our_terms(error: BaseException) -> CchcError | None:
    """The error of ours that says in one sentence what an exception means; None for a mistake of this program."""
    if isinstance(error, CchcError):
        return error
    if isinstance(error, BrokenPipeError):
        return None  # who read our output is gone: no matter of ours
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return MachineError("not enough memory; CCHC_JUDGE_WORKERS=1 or a smaller CCHC_BATCH_BYTES takes less")
    return _of_database(error)


def of_text(said: str, where: str = "") -> CchcError | None:
    """The same for what a database or dbt said; ``where`` names what it was about, if the text does not."""
    plain = " ".join(said.split())
    path = re.search(r"(?:file|path) \"([^\"]+)\"|for file '([^']+)'", plain)
    place = next(filter(None, path.groups()), "") if path else ""
    place = place or where or "the working folder"
    for pattern, meaning in _SAID:
        if re.search(pattern, plain, re.I):
            if meaning == "room":
                return MachineError(f"no space left on the disk of {place}; {ROOM}")
            if meaning == "lock":
                return TransientError(f"{place} is held by another process{holder(plain)}; {AGAIN}")
            if meaning == "away":
                return TransientError(f"{where or place} does not answer any more; {AGAIN}")
            if meaning == "right":
                return MachineError(f"{place} may not be opened or written; {RIGHT}")
            if meaning == "damage":
                return PermanentError(f"{place} is damaged or no database; put its backup in its place")
            if meaning == "version":
                return PermanentError(f"{place} was written by another version of DuckDB; install that one")
            if meaning == "memory":
                return MachineError("not enough memory; see CCHC_DUCKDB_MEMORY and CCHC_JUDGE_WORKERS")
            return MachineError(f"the disk of {place} does not answer as it should: {plain[:300]}")
    return None


def holder(said: str) -> str:
    """Who holds a DuckDB file, as far as its message says: ``: python3.11 (PID 12, user x)``; else nothing."""
    found = re.search(r"held in (.+?) \(PID (\d+)\)(?: by user (\S+?))?[.,;]?(?:\s|$)", said)
    if found is None:
        return ""
    user = f", user {found[3]}" if found[3] else ""
    return f": {Path(found[1]).name} (PID {found[2]}{user})"


@contextmanager
def translated(place: Path | str) -> Iterator[None]:
    """Raise what the operating system says within as an error of ours that names ``place`` where it names nothing."""
    try:
        yield
    except OSError as error:
        raise _of_system(error, str(place)) or error from error


def _of_system(error: OSError, place: str = "") -> CchcError | None:
    if error.errno is None:
        # Arrow and some file systems raise bare ones
        return of_text(str(error), place)
    where = str(error.filename2 or error.filename or place or "the working folder")
    what = error.strerror or "error"
    if error.errno in _NO_ROOM:
        return MachineError(f"no space left on the disk of {where} ({what}); {ROOM}")
    if error.errno in _NO_RIGHT:
        return MachineError(f"{where}: {what}; {RIGHT}")
    if error.errno in _BROKEN:
        return MachineError(f"{where}: {what}; the machine or its disk needs a look")
    if error.errno in _BUSY or isinstance(error, ConnectionError):
        return TransientError(f"{where}: {what}; {AGAIN}")
    return PermanentError(f"{where}: {what}")


def _of_database(error: BaseException) -> CchcError | None:
    """What a database says about its surroundings; None where it is about our SQL, or no database spoke."""
    loaded = sys.modules.get
    if (alchemy := loaded("sqlalchemy.exc")) and isinstance(error, alchemy.DBAPIError):
        error = error.orig or error
    said = str(error)
    if (lite := loaded("sqlite3")) and isinstance(error, lite.DatabaseError):
        if isinstance(error, lite.OperationalError) or type(error) is lite.DatabaseError:
            return of_text(said, "the ledger")
    elif (duck := loaded("duckdb")) and isinstance(error, duck.Error):
        # never of a conversion or a constraint: their texts hold values of rows
        kinds = ("IOException", "FatalException", "InternalException", "OutOfMemoryException", "TransactionException")
        if isinstance(error, tuple(getattr(duck, kind) for kind in kinds)):
            return of_text(said, "the warehouse")
    elif (postgres := loaded("psycopg")) and isinstance(error, postgres.OperationalError):
        return of_text(said) or TransientError(f"the database server does not answer: {' '.join(said.split())[:300]}")
    return None
