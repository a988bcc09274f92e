"""An objection that the office takes down: its form goes through collect, judge and load as any export does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from cchc.contracts import Result
from cchc.errors import PermanentError
from cchc.ledger import Ledger
from cchc.load import open_warehouse
from cchc.objections import Filed, Form, filed, form_bytes, form_rows, one_filed, read_form
from cchc.pipeline.run import ingest
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.table_file import whole_file

#: The system in whose name the office's own forms are delivered; the registry says which unit they are delivered as.
SYSTEM = "objections-office"


def file_objection(
    settings: Settings,
    registry: Registry,
    ledger: Ledger,
    unit: str,
    criterion: str,
    period: tuple[date, date],
    dossiers: Sequence[str],
    reason: str,
    filed_at: datetime,
) -> Filed:
    """Write the objection into the form of its day and ingest that one file; returns it as loaded.

    The number is the unit's next. What was filed after the window is kept and ``is_late``: whether it is heard is for
    the office to decide. Raises ``PermanentError`` where the gate holds a row, and takes it out of the form again.
    """
    day = filed_at.date()
    office = _delivered_as(registry, unit, day)
    form = Form(
        unit,
        _next_number(settings, ledger, registry, unit),
        criterion,
        *period,
        tuple(dict.fromkeys(code.strip().upper() for code in dossiers)),
        reason,
        filed_at,
    )
    path = settings.forms / SYSTEM / office / day.isoformat() / "objections.csv"
    before = path.read_bytes() if path.is_file() else form_bytes(())
    rows = form_rows(form)
    _put(path, form_bytes([*read_form(before), *rows]))
    held = _ingest(settings, registry, ledger, office, day)
    if held:
        why = _why_held(settings, form)
        _put(path, before)
        _ingest(settings, registry, ledger, office, day)
        raise PermanentError(f"the form of this objection does not pass the gate: {why}")
    with open_warehouse(settings) as warehouse:
        return one_filed(filed(warehouse, ledger, registry), unit, form.number)


def _put(path: Path, content: bytes) -> None:
    with whole_file(path) as part:
        part.write_bytes(content)


def _delivered_as(registry: Registry, unit: str, day: date) -> str:
    """The unit in whose name the forms come: the objecting one or the nearest above it that the system names."""
    names = registry.delivery_units(SYSTEM, "objections", day)
    known = registry.units_on(day)
    code: str | None = unit
    while code is not None:
        if code in names:
            return code
        code = known[code].parent if code in known else None
    if unit not in known:
        raise PermanentError(f"no unit {unit} in the registry on {day}")
    raise PermanentError(f"systems/{SYSTEM}.yaml of the registry names no unit that {unit} belongs to")


def _next_number(settings: Settings, ledger: Ledger, registry: Registry, unit: str) -> str:
    with open_warehouse(settings) as warehouse:
        taken = [int(each.number) for each in filed(warehouse, ledger, registry) if each.unit == unit]
    return str(max(taken, default=0) + 1)


def _ingest(settings: Settings, registry: Registry, ledger: Ledger, office: str, day: date) -> bool:
    """Collect, judge and load the form of the day; returns whether anything of it is held or refused."""
    forms = replace(settings, exports=str(settings.forms), schedule=None)
    results: list[Result] = ingest(
        forms, registry, ledger, day, day, systems=[SYSTEM], units=[office], recheck=True
    ).results
    mine = [result for result in results if result.revision.key.system == SYSTEM]
    return any(result.outcome == "refused" or result.rows_quarantined for result in mine)


def _why_held(settings: Settings, form: Form) -> str:
    with open_warehouse(settings) as warehouse:
        rules = warehouse.execute(
            "select distinct rules from raw.quarantine where system = ? and export_date = ? order by 1",
            [SYSTEM, form.filed_at.date()],
        )
    return "; ".join(rule for (rule,) in rules) or "the file was refused"
