"""Fetch what is new of one unit: day by day, file by file, each at its own risk."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from cchc import land
from cchc.contracts import DeliveryKey, Stray, Unfetched
from cchc.deliveries import FetchReason, StrayReason
from cchc.errors import SourceError, TransientError
from cchc.extract import Source
from cchc.extract.base import UNKNOWN, Child, Listed, delivery_of
from cchc.extract.names import is_day, likely_day, likely_file, shown
from cchc.ledger import Arrival
from cchc.shelf import Place

log = logging.getLogger("cchc.extract")

#: Days in a row whose folder a distant source did not show: the other days of the unit are not asked for.
_PATIENCE = 2

#: Path -> fingerprint and SHA-256 of what was taken before.
Seen = Mapping[str, tuple[str, str | None]]


@dataclass
class UnitFetched:
    """What a look at the folders of one unit brought.

    ``looked``: the days that were looked at. ``warned``: deliveries of which nothing new came, with warnings of how
    they lie there.
    """

    arrivals: list[Arrival] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    failed: list[Unfetched] = field(default_factory=list)
    looked: list[date] = field(default_factory=list)
    warned: dict[DeliveryKey, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """A look at one unit of a system. ``compared``: days of which known files are compared by content where the source
    can (a local folder); ``recheck``: every file is fetched, known or not. ``destroyed``: hashes of bytes that were
    destroyed by law and are not kept a second time.
    """

    source: Source
    system: str
    unit: str
    dialects: Mapping[str, str]  # of the datasets that the system delivers
    landing: Place
    known: Seen
    compared: Collection[date] = ()
    recheck: bool = False
    destroyed: Collection[str] = ()

    def fetch(self, days: list[date]) -> UnitFetched:
        """Fetch what is new in the folders of some days. What fails is noted, the rest goes on.

        Raises only what concerns every file (``MachineError``).
        """
        found = UnitFetched(looked=days)
        wanted = set(days)
        try:
            children = self._children()
        except SourceError as error:
            for day in days:
                self._fail(found, day, "", error)
            return found
        if children is not None:
            found.strays += self._odd_folders(children)
            wanted &= {date.fromisoformat(child.name) for child in children if child.is_folder and is_day(child.name)}
        silent = 0
        for day in days:
            if day not in wanted:
                continue
            if silent >= _PATIENCE:
                self._fail(found, day, "", TransientError("not asked for: the days before did not answer"))
                continue
            try:
                listed = self.source.folder(self.system, self.unit, day)
            except (SourceError, TransientError) as error:
                silent += isinstance(error, TransientError) and not hasattr(self.source, "digest")
                self._fail(found, day, "", error)
                continue
            silent = 0
            self._fetch_day(found, day, listed)
        found.strays = _told_apart(found.strays)
        return found

    def _children(self) -> list[Child] | None:
        """What stands in the unit's folder; None where the source does not show it: every day is asked for.

        Raises ``SourceError`` where there is no folder to look into (a dangling link).
        """
        days = getattr(self.source, "days", None)
        try:
            return days(self.system, self.unit) if days else None
        except TransientError:
            return None

    def _odd_folders(self, children: list[Child]) -> Iterator[Stray]:
        for name, is_folder in children:
            if is_folder and is_day(name):
                continue
            path = f"{self.system}/{self.unit}/{shown(name)}"
            if is_folder:
                likely = likely_day(name)
                meaning = f"{likely}/" if likely and likely.isoformat() != name else ""
                yield Stray(path, StrayReason.UNKNOWN_DAY_FOLDER, meaning)
            else:
                yield Stray(path, StrayReason.NO_DAY_FOLDER, likely_file(name, self.dialects) or "")

    def _fetch_day(self, found: UnitFetched, day: date, listed: list[Listed]) -> None:
        deliveries: dict[DeliveryKey, list[Listed]] = defaultdict(list)
        for file in listed:
            key = delivery_of(file.name, self.system, self.unit, day, dict(self.dialects))
            if key is not None:
                deliveries[key].append(file)
                continue
            # a name that somebody made up may be a person's: the log has the folder alone
            log.debug("%s/%s/%s: a stray, %s", self.system, self.unit, day, StrayReason.UNKNOWN_FILE_NAME)
            likely = likely_file(file.name, self.dialects)
            path = f"{self.system}/{self.unit}/{day.isoformat()}/{shown(file.name)}"
            found.strays.append(Stray(path, StrayReason.UNKNOWN_FILE_NAME, f"{day}/{likely}" if likely else ""))
        for key, files in deliveries.items():
            for file in files:
                if file.reason is not None:
                    self._fail(found, day, file.name, SourceError(f"{file.location}: {file.why}", file.reason))
            readable = [file for file in files if file.reason is None]
            if not readable:
                continue
            file, warnings = _newest(readable, len(files))
            try:
                arrival = self._fetch_file(key, file, warnings)
            except (SourceError, TransientError) as error:
                self._fail(found, day, file.name, error)
                continue
            if arrival is not None:
                found.arrivals.append(arrival)
            elif warnings:
                found.warned[key] = warnings

    def _fetch_file(self, key: DeliveryKey, file: Listed, warnings: tuple[str, ...]) -> Arrival | None:
        path = f"{self.system}/{self.unit}/{key.export_date.isoformat()}/{file.name}"
        fingerprint, sha256 = self.known.get(path, (None, None))
        is_news = self.source.is_news(file.fingerprint, fingerprint)
        if not is_news and not (file.fingerprint == fingerprint and self._differs(key, file, sha256)):
            return None
        landed, file = fetch_whole(self.source, file, self.landing, self.destroyed)
        log.debug("%s: fetched, %s bytes", path, f"{landed.size_bytes:,}")
        return Arrival(
            key,
            path,
            file.fingerprint,
            landed.sha256,
            landed.size_bytes,
            file.arrived_at if isinstance(file.arrived_at, datetime) else None,
            # the same bytes are a repeat only where the source says that the file came anew
            tells_changes=is_news and not file.fingerprint.startswith(UNKNOWN),
            warnings=warnings,
        )

    def _differs(self, key: DeliveryKey, file: Listed, sha256: str | None) -> bool:
        """Whether a file of known size and time is to be fetched all the same."""
        if self.recheck:
            return True
        digest = getattr(self.source, "digest", None)
        return digest is not None and key.export_date in self.compared and digest(file.location) != sha256

    def _fail(self, found: UnitFetched, day: date, name: str, error: SourceError | TransientError) -> None:
        path = f"{self.system}/{self.unit}/{day.isoformat()}/{name}" if name else ""
        log.debug("%s/%s/%s: not fetched: %s", self.system, self.unit, day, error)
        reason = FetchReason(error.reason)
        found.failed.append(Unfetched(self.system, self.unit, day, path, reason, str(error)))


def fetch_whole(
    source: Source, file: Listed, landing: Place, unwanted: Collection[str] = ()
) -> tuple[land.Landed, Listed]:
    """Land one file as it was at one moment; also returns it as it was listed then.

    A file that changes meanwhile (other size or fingerprint afterwards, or not the bytes that were listed) is fetched
    once more, and else left: ``TransientError``. Nothing of such a try stays in the landing zone.
    """
    before: str | None = None
    for last in (False, True):
        try:
            seen = _Reading(source, file, before)
            return land.store(landing, seen.chunks(), unwanted, seen.digest), seen.file
        except _Changed as changed:
            if last:
                raise TransientError(
                    f"{file.location}: it changes while it is fetched, the next run looks again", reason="changing"
                ) from None
            file, before = changed.now, changed.sha256
    raise AssertionError


class _Changed(Exception):
    def __init__(self, now: Listed, sha256: str) -> None:
        super().__init__()
        self.now, self.sha256 = now, sha256


class _Reading:
    """One try to read a file. ``before``: the hash of the try before this one; ``digest``: of what was handed over,
    which who takes it keeps up."""

    def __init__(self, source: Source, file: Listed, before: str | None) -> None:
        self.source, self.file, self.before = source, file, before
        self.digest = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes; ends with ``_Changed`` where they are not those of one moment."""
        size = 0
        for chunk in self.source.read(self.file.location):
            size += len(chunk)
            yield chunk
        now = self.source.look(self.file) or self.file
        whole = self.file.size in (None, size) and now.size in (None, size)
        same = now.fingerprint == self.file.fingerprint
        # twice the same bytes: what changes is only what the server says of them
        if not whole or not (same or self.before == self.digest.hexdigest()):
            raise _Changed(now, self.digest.hexdigest())
        self.file = now


def _newest(files: list[Listed], of: int) -> tuple[Listed, tuple[str, ...]]:
    """Of several names of one dataset and day the one that came last; an older copy never wins by its name.

    Where their times are equal or not known, the plainest name, which is said too. ``of``: names, also those that
    can't be fetched.
    """
    if of < 2:
        return files[0], ()
    ranked = sorted(files, key=lambda file: (len(file.name), file.name))
    last = max((file.arrived_at for file in files if file.arrived_at), default=None)
    newest = [file for file in ranked if file.arrived_at == last]
    unclear = len(newest) > 1 or any(file.arrived_at is None for file in files)
    return newest[0], ("two_names", "two_names_of_one_time") if unclear and len(files) > 1 else ("two_names",)


def _told_apart(strays: list[Stray]) -> list[Stray]:
    """Names that show alike in one folder get a number, so that each of them counts."""
    seen: Counter[str] = Counter()
    apart = []
    for stray in strays:
        seen[stray.path] += 1
        number = seen[stray.path]
        apart.append(stray if number == 1 else Stray(f"{stray.path} #{number}", stray.reason, stray.likely))
    return apart
