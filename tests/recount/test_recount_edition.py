"""An edition beside the landed files it names: equal, forged, changed, destroyed by law, of another registry."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cchc.cli import app
from cchc.editions import write_editions
from cchc.pipeline import destroy as stage
from cchc.pipeline.build import build
from cchc.recount import Recounted, recount
from cchc.recount.compare import Lost
from cchc.registry.open import Registry
from cchc.verify import canonical, seal, verify
from support.dossiers import dossier, envelope, record_2022
from support.world import World, world

PERIOD = "2026-09"
UNITS = {"H50.101": 0, "H50.106": 1, "H50.107": 2}  # with so many dossiers late
BASIS, BY = "Điều 14 Luật 91/2025/QH15", "Nguyễn Thị Duyệt"
DAY = date(2026, 9, 15)
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)


def content(unit: str, late: int, count: int = 10) -> bytes:
    received = datetime(2026, 9, 2, 8, 0)
    rows = [
        dossier(
            dossier_code=f"{unit}-260902-{n:04d}",
            submitted_at=received,
            received_at=received,
            due_at=received + timedelta(days=5),
            finished_at=received + timedelta(days=8 if n <= late else 3),
            channel="online" if n % 2 else "direct",
            has_electronic_result=n % 3 == 0,
            supplements=[],
        )
        for n in range(1, count + 1)
    ]
    file = json.loads(envelope([record_2022(row) for row in rows]))
    file["madonvi"] = unit
    return json.dumps(file, ensure_ascii=False).encode()


@dataclass
class Office:
    """An installation with an edition of September: three units, a corrected file, a dossier told of twice."""

    world: World
    edition: Path

    def recount(self, edition: Path | None = None, landing: Path | None = None) -> Recounted:
        here, ledger = self.world.settings, self.world.ledger
        destroyed = {sha256: each.said for sha256, each in ledger.destructions().items()}
        return recount(
            here, self.world.registry, edition or self.edition, landing or here.landing, destroyed, ledger.waivers()
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    from cchc.registry.open import open_registry

    here = world(tmp_path_factory.mktemp("office"), open_registry())
    for unit in UNITS:
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", content(unit, 9), DAY)
    here.ingest(FIRST, LAST)
    for unit, late in UNITS.items():
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", content(unit, late), DAY)  # corrected
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", content(unit, late, 5), date(2026, 9, 16))  # told again
    here.ingest(FIRST, LAST)
    build(here.settings, full_refresh=False)
    (edition,) = write_editions(here.settings, here.registry, PERIOD, here.settings.editions)
    return Office(here, edition.folder)


@pytest.fixture
def forged(office: Office, tmp_path: Path) -> Callable[..., Path]:
    """The edition with cells of one figure changed, hashed and sealed anew."""

    def forge(unit: str, indicator: str, **cells: str) -> Path:
        copy = tmp_path / "forged"
        shutil.copytree(office.edition, copy)
        rows = list(csv.DictReader((copy / "indicators.csv").open(encoding="utf-8", newline="")))
        (row,) = [row for row in rows if (row["unit_code"], row["indicator"]) == (unit, indicator)]
        row.update(cells)
        write_rows(copy / "indicators.csv", rows)
        reseal(copy)
        return copy

    return forge


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def reseal(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name in manifest["files"]:
        changed = (folder / name).read_bytes()
        manifest["files"][name] = {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    (folder / "manifest.json").write_bytes(canonical(manifest))
    record = {"manifest_sha256": hashlib.sha256(canonical(manifest)).hexdigest(), "public_key": "", "signature": ""}
    (folder / "signature.json").write_bytes(canonical(record | {"seal": seal(record)}))


def check(office: Office, edition: Path, *more: str, landing: Path | None = None) -> Result:
    here = office.world.settings
    arguments = ["verify", str(edition), "--landing", str(landing or here.landing), "--workdir", str(here.workdir)]
    return CliRunner().invoke(app, [*arguments, *more], catch_exceptions=False)


def test_every_figure_of_every_unit_is_recounted_and_equal(office: Office) -> None:
    found = office.recount()
    assert found.findings == [] and found.destroyed == []
    assert {each.verdict for each in found.compared} == {"equal"}
    told = {(each.unit, each.indicator): each.gives for each in found.compared}
    assert told["H50.107", "PROCESSING_ON_TIME"] == "8 of 10"
    assert told["H50", "PROCESSING_ON_TIME"] == "27 of 30"
    assert len({each.indicator for each in found.compared if each.gives != "0 of 0"}) >= 9


def test_the_command_says_what_was_equal(office: Office, tmp_path: Path) -> None:
    said = check(office, office.edition, "--out", str(tmp_path / "all.csv"))
    assert said.exit_code == 0, said.output
    assert "All that could be checked holds" in " ".join(said.output.split())
    rows = list(csv.DictReader((tmp_path / "all.csv").open(encoding="utf-8")))
    assert {row["verdict"] for row in rows} == {"equal"} and len(rows) == len(office.recount().compared)


@pytest.mark.parametrize(
    ("indicator", "cells"),
    [
        ("OVERDUE_WITH_APOLOGY", {"numerator": "1.0000"}),  # not scored
        ("ONLINE_DOSSIER", {"numerator": "10.0000", "denominator": "20.0000"}),  # the same ratio, hence score
        ("ONLINE_DOSSIER", {"source": "portal"}),
    ],
)
def test_a_forged_figure_that_only_the_recount_finds(
    office: Office, forged: Callable[..., Path], indicator: str, cells: dict[str, str]
) -> None:
    edition = forged("H50.107", indicator, **cells)
    assert verify(edition, office.world.settings.landing) == []
    (wrong,) = office.recount(edition).findings
    assert wrong.startswith(f"indicators.csv: H50.107 {indicator} says ")
    said = check(office, edition)
    assert said.exit_code == 1
    assert f"indicators.csv: H50.107 {indicator}" in " ".join(said.output.split())


def test_a_figure_left_out_is_missed(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(office.edition, copy)
    rows = list(csv.DictReader((copy / "indicators.csv").open(encoding="utf-8", newline="")))
    write_rows(
        copy / "indicators.csv",
        [row for row in rows if (row["unit_code"], row["indicator"]) != ("H50.106", "OVERDUE_WITH_APOLOGY")],
    )
    reseal(copy)
    assert verify(copy) == []
    assert office.recount(copy).findings == [
        "indicators.csv: H50.106 OVERDUE_WITH_APOLOGY says nothing, its landed files give 0 of 1"
    ]


def test_counts_of_a_file_and_the_last_day_are_recounted(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(office.edition, copy)
    rows = list(csv.DictReader((copy / "deliveries.csv").open(encoding="utf-8", newline="")))
    rows[0] |= {"rows_accepted": "9", "rows_quarantined": "1"}
    write_rows(copy / "deliveries.csv", rows)
    manifest = json.loads((copy / "manifest.json").read_bytes())
    (copy / "manifest.json").write_bytes(canonical(manifest | {"data_as_of": "2026-09-20"}))
    reseal(copy)
    told = "\n".join(office.recount(copy).findings)
    assert "manifest.json: data_as_of says 2026-09-20, deliveries.csv gives 2026-09-16" in told
    assert f"deliveries.csv: {rows[0]['path']}: rows_accepted says 9, the landed file gives 10" in told


def test_one_landed_byte_changed(office: Office, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    shutil.copytree(office.world.settings.landing, landing)
    row = next(csv.DictReader((office.edition / "deliveries.csv").open(encoding="utf-8", newline="")))
    file = landing / row["sha256"][:2] / row["sha256"]
    file.chmod(0o640)
    broken = bytearray(file.read_bytes())
    broken[len(broken) // 2] ^= 1
    file.write_bytes(broken)
    said = check(office, office.edition, landing=landing)
    assert said.exit_code == 1
    assert f"deliveries.csv: {row['path']}: its landed bytes were changed" in " ".join(said.output.split())


def test_another_registry_recounts_nothing(office: Office, tmp_path: Path) -> None:
    from cchc.registry.open import open_registry

    folder = tmp_path / "registry"
    folder.mkdir()
    data = Path(__file__).resolve().parents[2] / "include" / "cchc" / "registry" / "data"
    text = (data / "rules_in_force.csv").read_text("utf-8")
    (folder / "rules_in_force.csv").write_text(text.replace("qd766-portal-2026", "report_ii06", 1), "utf-8")
    other = open_registry(folder)
    found = recount(office.world.settings, other, office.edition, office.world.settings.landing)
    assert found.compared == []
    (told,) = found.findings
    assert told.startswith("manifest.json: registry says ") and other.hash in told


def test_a_difference_is_explained_by_destroyed_rows_only_as_far_as_they_reach() -> None:
    row = {"dataset": "dossiers", "sha256": "a", "rows_accepted": "3", "export_date": "2026-09-15"}
    lost = Lost.among([row], {"a": BASIS}, date(2026, 9, 1), date(2026, 9, 30))
    one = Fraction(1)
    assert lost.explains("PROCESSING_ON_TIME", "exports", (10 * one, 10 * one), (7 * one, 7 * one))
    assert not lost.explains("PROCESSING_ON_TIME", "exports", (10 * one, 10 * one), (6 * one, 7 * one))
    assert not lost.explains("PETITION_PROCESSING_ON_TIME", "exports", (one, one), (0 * one, one))
    assert not lost.explains("PROCESSING_ON_TIME", "portal", (one, one), (0 * one, one))
    assert lost.explains("PAYMENT_TRANSACTION_ONLINE", "exports", (99 * one, one), (one, one))
    for day, of_period in (("2026-08-30", False), ("2026-08-31", True), ("2026-10-20", True)):
        lost = Lost.among([row | {"export_date": day}], {"a": BASIS}, date(2026, 9, 1), date(2026, 9, 30))
        assert bool(lost.rows) is of_period


def test_z_destroyed_bytes_are_told_of_and_the_rest_still_holds(
    office: Office, forged: Callable[..., Path], registry: Registry
) -> None:
    """The last of the module: it destroys a landed file of the office."""
    here = office.world
    (file,) = here.ledger.find(unit="H50.107", export_date=DAY, in_force=True)
    stage.destroy(here.settings, here.ledger, stage.Choice(sha256=(file["sha256"],)), BASIS, BY)
    wrong = verify(office.edition, here.settings.landing)
    assert wrong == [f"deliveries.csv: {file['path']}: its bytes are not in the landing"]
    found = office.recount()
    assert found.findings == [] and found.destroyed == [file["path"]]
    verdicts = {(each.unit, each.indicator): each for each in found.compared}
    assert verdicts["H50.101", "PROCESSING_ON_TIME"].verdict == "equal"
    for unit in ("H50.107", "H50"):
        assert verdicts[unit, "PROCESSING_ON_TIME"].verdict == "not_recounted"
        assert BASIS in verdicts[unit, "PROCESSING_ON_TIME"].why
    assert verdicts["H50", "PETITION_PROCESSING_ON_TIME"].verdict == "equal"
    said = check(office, office.edition)
    told = " ".join(said.output.split())
    assert said.exit_code == 0, said.output
    assert f"destroyed by law: {file['path']}" in told and "not recounted: indicators.csv: H50.107" in told
    # more than the destroyed rows can explain is wrong all the same
    edition = forged("H50.101", "ONLINE_DOSSIER", numerator="50.0000", denominator="100.0000")
    assert [wrong.split(" says")[0] for wrong in office.recount(edition).findings] == [
        "indicators.csv: H50.101 ONLINE_DOSSIER"
    ]
    # what the warehouse says of it, once built
    rows = here.content()
    build(here.settings)
    assert here.content() == rows
    assert here.rows("select path, destroyed_basis from publish.pub_delivery_file where destroyed_on is not null") == [
        (file["path"], BASIS)
    ]
