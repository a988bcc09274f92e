"""Write editions: tables as CSV and Parquet, a workbook, the page, the method, and a manifest of it all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from cchc import __version__
from cchc.editions.changes import Snapshot
from cchc.editions.compare import method_data, moved_tables, rankings, stood_before
from cchc.editions.folder import Edition, editions_of, period_folder
from cchc.editions.sign import read_key, sealed
from cchc.editions.tables import Table, tables
from cchc.errors import BuildError, PermanentError
from cchc.modes import open_up
from cchc.publish import Period, Reader, one_period, open_reader
from cchc.publish.exports import SAFE_WORKBOOK, write_sheet
from cchc.publish.pages import period_page
from cchc.publish.state import last_day, state_of
from cchc.registry.model import Method
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place, below, discard, put_folder
from cchc.table_file import write_csv
from cchc.verify import MANIFEST, SIGNATURE, canonical, verify

#: The tables that say what an edition says: while they stand, no next edition is due.
FIGURES = ("ranking", "indicators", "groups", "adjustments", "objections", "corrections")
#: Why a final edition is followed by another one.
REASONS = ("late_data", "better_data", "method", "correction", "synchronisation", "adjustment")


def write_editions(
    settings: Settings,
    registry: Registry,
    period: str,
    releases: Place,
    method: str | None = None,
    province: str | None = None,
    reason: str | None = None,
    note: str = "",
) -> list[Edition]:
    """The edition of every province with a ranking in the period (or of one), by its default method (or the one named).

    An edition that nobody approved is written anew; a final one never changes, so that where its figures would differ
    now a next one is written, for which ``reason`` (one of ``REASONS``) has to be given. Raises ``PermanentError`` for
    a period, method, province or reason that there is none of, ``BuildError`` where the result does not verify.
    """
    if reason is not None and reason not in REASONS:
        raise PermanentError(f"no reason {reason!r}: one of {', '.join(REASONS)}")
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        wanted = rankings(reader, chosen, method, province)
        return [_write(settings, registry, reader, chosen, code, of, releases, reason, note) for code, of in wanted]


def _write(
    settings: Settings,
    registry: Registry,
    reader: Reader,
    period: Period,
    province: str,
    method: str,
    releases: Place,
    reason: str | None,
    note: str,
) -> Edition:
    home = period_folder(releases, method, province, period.label)
    earlier = editions_of(home)
    final = [edition for edition in earlier if edition.approval]
    if isinstance(home, Path):
        home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home if isinstance(home, Path) else None, prefix=".new-") as name:
        new = Path(name)
        rules = method_data(registry, method)
        made = tables(reader, period, method, province)
        before_it = stood_before(reader, registry, period, method, province, final)
        made += moved_tables(reader, period, before_it, Snapshot.of_tables(made, rules), reason)
        number = final[-1].number + 1 if final else 1
        _put(new, made, rules, period, period_page(reader, period, edition=f"r{number}"))
        last = last_day(reader) or period.end
        manifest = _manifest(new, made, registry.methods[method], period, province, last) | {"registry": registry.hash}
        if final and _same(final[-1].manifest, manifest):
            return final[-1]
        if final and reason is None:
            raise PermanentError(
                f"{final[-1].folder} is final, and its figures would differ now: say why a next edition is made "
                f"(--reason, one of {', '.join(REASONS)})"
            )
        before = final[-1] if final else None
        manifest |= {
            "revision": number,
            "reason": {"kind": reason, "note": note} if before else None,
            "previous_edition": {"revision": before.number, "manifest_sha256": before.manifest_sha256}
            if before
            else None,
            "compared_with": before_it and before_it.name,
        }
        if reader.snapshots:  # as text: a reader of JSON may keep 53 bits
            manifest["snapshots"] = {name: str(number) for name, number in sorted(reader.snapshots.items())}
        content = canonical(manifest)
        (new / MANIFEST).write_bytes(content)
        record = {"manifest_sha256": hashlib.sha256(content).hexdigest()}
        (new / SIGNATURE).write_bytes(canonical(sealed(record, read_key(settings.signing_key))))
        if wrong := verify(new):
            raise BuildError(f"the edition does not verify: {wrong[0]}; build the warehouse with this registry first")
        target = home / f"r{manifest['revision']}"
        draft = Edition(target, 0).name_of_bytes if (target / MANIFEST).is_file() else ""
        reader.keep(f"{target} {hashlib.sha256(content).hexdigest()}", instead_of=draft)
        _set_out(new, target)  # where a draft was; what is final has another number
        if isinstance(target, Path) and isinstance(releases, Path):
            open_up(settings, releases, target)
    return Edition(target, int(manifest["revision"]))


def _set_out(new: Path, target: Place) -> None:
    """Put an edition in its place; readers take no folder without a manifest for one.

    In a store, which renames no folders, the manifest of what was there goes first and the new one comes last.
    """
    if isinstance(target, Path):
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
        new.mkdir()  # for its context to take away
        return
    discard([target / MANIFEST])
    discard(below(target))
    put_folder(new, target, last=[MANIFEST])


def _put(folder: Path, made: Iterable[Table], rules: dict[str, Any], period: Period, page: str) -> None:
    for table in made:
        write_csv(folder / f"{table.name}.csv", table.columns, table.rows)
        columns = {name: pa.array([row[n] for row in table.rows]) for n, name in enumerate(table.columns)}
        pq.write_table(pa.table(columns), folder / f"{table.name}.parquet")
    (folder / "method.json").write_bytes(canonical(rules))
    (folder / "pages").mkdir()
    (folder / "pages" / period.page).write_text(page, encoding="utf-8")
    with xlsxwriter.Workbook(str(folder / "edition.xlsx"), {**SAFE_WORKBOOK}) as book:
        # of the period and not of the clock: the same inputs give the same bytes
        book.set_properties({"created": datetime.combine(period.end, datetime.min.time())})
        for table in made:
            write_sheet(book, table.name, table.columns, table.rows)


def _manifest(
    folder: Path, made: Iterable[Table], method: Method, period: Period, province: str, as_of: date
) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    late = period.end + timedelta(days=method.late_days)
    objections = late + timedelta(days=method.objection_days)
    return {
        "format": "cchc-edition/1",
        "province": province,
        "method": method.method,
        "period": {"label": period.label, "kind": period.kind, "start": str(period.start), "end": str(period.end)},
        "data_as_of": str(as_of),
        "late_window_ends": str(late),
        "objection_window_ends": str(objections),
        "state": state_of(period, as_of, late, objections),
        "code_version": __version__,
        "counts": {table.name: len(table.rows) for table in made},
        "files": {
            path.relative_to(folder).as_posix(): {
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "size": path.stat().st_size,
            }
            for path in files
        },
    }


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two editions say the same: the figures, not the page around them, nor what else was delivered since."""
    names = [f"{name}.csv" for name in FIGURES]
    return [old["files"].get(name) for name in names] == [new["files"].get(name) for name in names]
