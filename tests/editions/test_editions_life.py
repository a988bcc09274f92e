"""A period's edition from provisional to revised, over a real warehouse: what is final never changes."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.editions import Edition, Now, approve, look_first, would_now_be, write_editions
from cchc.errors import PermanentError
from cchc.pipeline.publishing import approved, publish_report
from cchc.publish import Final, Stand
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.verify import canonical, seal, verify
from support.objections import objection, objections
from support.office import UNITS, deliver, run
from support.world import world

PERIOD = "2026-09"
OBJECTED = f"{UNITS[1]}-260902-0001"  # late


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "office.pem"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem)
    return path


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, key: Path) -> dict[str, object]:
    """The whole walk once; each test looks at one of its stations."""
    from cchc.registry.open import open_registry

    registry = open_registry()
    here = world(tmp_path_factory.mktemp("office"), registry, signing_key=str(key))
    releases = here.settings.editions
    seen: dict[str, object] = {"settings": here.settings, "registry": registry, "releases": releases}

    for unit, late in zip(UNITS, (0, 1, 2), strict=True):
        deliver(here, unit, date(2026, 9, 15), 10, late)
    run(here)
    (early,) = write_editions(here.settings, registry, PERIOD, releases)
    seen["early"] = early.state
    with pytest.raises(PermanentError, match="2026-09-15"):
        approve(here.settings, releases, PERIOD, "Nguyễn Thị Duyệt")

    for unit, late in zip(UNITS, (0, 1, 2), strict=True):
        deliver(here, unit, date(2026, 10, 5), 10, late)
    form = objection(MaDonVi=UNITS[1], TuNgay="2026-09-01", DenNgay="2026-09-30", NgayGui="20261005080000")
    here.deliver("objections-quangtri/H50/objections.csv", objections(form | {"MaHoSo": OBJECTED}), date(2026, 10, 5))
    run(here)
    (contested,) = write_editions(here.settings, registry, PERIOD, releases)
    seen["contested"] = contested.state, table(contested, "objections.csv")
    here.ledger.answer_objection(UNITS[1], "1", "rejected", "Sở Nội vụ", date(2026, 10, 7), "hẹn đúng")

    for unit, late in zip(UNITS, (0, 1, 2), strict=True):
        deliver(here, unit, date(2026, 10, 20), 10, late)
    run(here)
    seen["unusual"] = look_first(here.settings, registry, PERIOD, releases)
    (closed,) = write_editions(here.settings, registry, PERIOD, releases)
    seen["closed"] = closed.state
    (final,) = approve(here.settings, releases, PERIOD, "Nguyễn Thị Duyệt")
    seen["final"], seen["final_state"] = final, final.state
    seen["bytes"] = content(final.folder)
    assert write_editions(here.settings, registry, PERIOD, releases) == [final]  # nothing new, nothing written

    deliver(here, UNITS[0], date(2026, 10, 25), 10, 5)  # late data
    run(here)
    seen["since"] = approved(here.settings)
    seen["now"] = would_now_be(here.settings, registry, PERIOD, releases)
    seen["unusual since"] = look_first(here.settings, registry, PERIOD, releases)
    with pytest.raises(PermanentError, match="--reason"):
        write_editions(here.settings, registry, PERIOD, releases)
    (revised,) = write_editions(here.settings, registry, PERIOD, releases, reason="late_data", note="nộp muộn")
    seen["draft"] = revised.state
    approve(here.settings, releases, PERIOD, "Nguyễn Thị Duyệt")
    seen["revised"] = revised
    seen["then"] = approved(here.settings)
    return seen


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(edition: Edition, name: str) -> dict[str, dict[str, str]]:
    with (edition.folder / name).open(encoding="utf-8", newline="") as file:
        return {row["unit_code"]: row for row in csv.DictReader(file)}


def test_a_period_walks_from_provisional_to_revised(walked: dict[str, object]) -> None:
    final, revised = walked["final"], walked["revised"]
    assert isinstance(final, Edition) and isinstance(revised, Edition)
    assert [walked[name] for name in ("early", "closed", "final_state")] == ["provisional", "closed", "final"]
    assert (final.number, revised.number, revised.state) == (1, 2, "revised")
    assert revised.manifest["previous_edition"] == {"revision": 1, "manifest_sha256": final.manifest_sha256}
    assert revised.manifest["reason"] == {"kind": "late_data", "note": "nộp muộn"}
    assert final.approval is not None
    assert final.approval["approved_by"] == "Nguyễn Thị Duyệt"
    assert table(final, "ranking.csv")[UNITS[0]]["rank"] == "1"
    assert table(revised, "ranking.csv")[UNITS[0]]["rank"] == "3"


def test_an_objection_and_its_answer_are_published_with_the_edition(walked: dict[str, object]) -> None:
    state, objected = walked["contested"]
    assert state == "objection"
    assert (objected[UNITS[1]]["state"], objected[UNITS[1]]["dossier_codes"]) == ("open", OBJECTED)
    final = walked["final"]
    assert isinstance(final, Edition)
    answered = table(final, "objections.csv")[UNITS[1]]
    assert (answered["state"], answered["answered_by"], answered["answer_note"]) == (
        "rejected",
        "Sở Nội vụ",
        "hẹn đúng",
    )
    effect = table(final, "objection_effects.csv")[UNITS[1]]
    assert Decimal(effect["total_if"]) > Decimal(effect["total"])


def test_a_revision_says_who_moved_from_what_to_what_and_why(walked: dict[str, object]) -> None:
    final, revised = walked["final"], walked["revised"]
    assert isinstance(final, Edition) and isinstance(revised, Edition)
    assert not (final.folder / "revisions.csv").exists()
    moved = table(revised, "revisions.csv")
    assert UNITS[0] in moved
    old, new = table(final, "ranking.csv"), table(revised, "ranking.csv")
    for unit, row in moved.items():
        assert (row["total_before"], row["total"]) == (old[unit]["total"], new[unit]["total"])
        assert (row["rank_before"], row["rank"]) == (old[unit]["rank"], new[unit]["rank"])
    assert "late_data -" in moved[UNITS[0]]["causes"]
    assert moved[UNITS[2]]["causes"] == "population"  # moved up because another fell
    with (revised.folder / "decomposition.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["unit_code"] == UNITS[0]]
    assert {row["cause"] for row in rows} <= {"late_data", "rounding"}
    change = Decimal(new[UNITS[0]]["total"]) - Decimal(old[UNITS[0]]["total"])
    assert sum(Decimal(row["points"]) for row in rows) == change


def test_what_a_final_edition_would_now_be(walked: dict[str, object]) -> None:
    (now,) = walked["now"]
    assert isinstance(now, Now)
    assert now.edition.folder == walked["final"].folder  # type: ignore[attr-defined]
    moved = table(walked["revised"], "revisions.csv")  # type: ignore[arg-type]
    assert {row[0] for row in now.moved.rows} == set(moved)


def test_who_approves_sees_what_is_unusual(walked: dict[str, object]) -> None:
    first = [(each.kind, each.unit_code) for each in walked["unusual"]]  # type: ignore[attr-defined]
    assert set(first) >= {("full_marks_on_zero", unit) for unit in UNITS}  # nobody had a petition
    since = [each for each in walked["unusual since"] if each.kind == "abrupt_change"]  # type: ignore[attr-defined]
    assert [each.unit_code for each in since] == [UNITS[0]]


def test_what_was_not_seen_is_not_approved(walked: dict[str, object], tmp_path: Path) -> None:
    settings, registry = walked["settings"], walked["registry"]
    assert isinstance(settings, Settings) and isinstance(registry, Registry)
    write_editions(settings, registry, PERIOD, tmp_path)
    with pytest.raises(PermanentError, match="look at it again"):
        approve(settings, tmp_path, PERIOD, "Nguyễn Thị Duyệt", seen=["0" * 64])


def test_what_is_final_never_changes(walked: dict[str, object]) -> None:
    final = walked["final"]
    assert isinstance(final, Edition)
    assert content(final.folder) == walked["bytes"]
    assert verify(final.folder) == []


def test_the_pages_say_what_is_approved_and_what_would_now_differ(walked: dict[str, object]) -> None:
    ((since,), (then,)) = walked["since"], walked["then"]
    final, revised, settings = walked["final"], walked["revised"], walked["settings"]
    assert isinstance(since, Final)
    assert isinstance(then, Final)
    assert isinstance(final, Edition)
    assert isinstance(revised, Edition)
    assert isinstance(settings, Settings)
    assert (since.period, since.name, since.state, since.approved_by) == (PERIOD, "r1", "final", "Nguyễn Thị Duyệt")
    old, new = table(final, "ranking.csv"), table(revised, "ranking.csv")
    differ = {
        unit for unit in old if (old[unit]["total"], old[unit]["rank"]) != (new[unit]["total"], new[unit]["rank"])
    }
    assert UNITS[0] in differ
    assert since.moved == {
        unit: Stand(Decimal(old[unit]["total"]), int(old[unit]["rank"]) if old[unit]["rank"] else None)
        for unit in differ
    }
    assert (then.name, then.state, then.moved) == ("r2", "revised", {})
    assert then.manifest_sha256 == revised.manifest_sha256
    page = next(path for path in publish_report(settings, [PERIOD]) if path.name == f"{PERIOD}.html")
    assert then.manifest_sha256 in page.read_text(encoding="utf-8")
    for edition in (final, revised):  # its own page was written before anybody approved it, and knows its number
        own = (edition.folder / "pages" / f"{PERIOD}.html").read_text(encoding="utf-8")
        assert f'"edition":"r{edition.number}"' in own
        assert '"finals":[]' in own


def test_no_page_calls_an_edition_final_that_somebody_touched(walked: dict[str, object], tmp_path: Path) -> None:
    settings, revised = walked["settings"], walked["revised"]
    assert isinstance(settings, Settings)
    assert isinstance(revised, Edition)
    copy = tmp_path / "releases"
    shutil.copytree(settings.editions, copy)
    elsewhere = replace(settings, releases=copy)
    assert [final.name for final in approved(elsewhere)] == ["r2"]
    touched = copy / revised.folder.relative_to(settings.editions) / "ranking.csv"
    touched.write_bytes(touched.read_bytes() + b"\n")
    assert approved(elsewhere) == []


def test_the_landed_files_are_those_of_the_edition(walked: dict[str, object]) -> None:
    revised, settings = walked["revised"], walked["settings"]
    assert isinstance(revised, Edition) and isinstance(settings, Settings)
    assert verify(revised.folder, settings.landing) == []
    assert revised.manifest["counts"]["deliveries"] == 11


def test_made_again_from_the_same_inputs_it_has_the_same_bytes(walked: dict[str, object], tmp_path: Path) -> None:
    settings, registry, revised = walked["settings"], walked["registry"], walked["revised"]
    assert isinstance(settings, Settings) and isinstance(registry, Registry) and isinstance(revised, Edition)
    one, two = (write_editions(settings, registry, PERIOD, tmp_path / name)[0] for name in "ab")
    assert content(one.folder) == content(two.folder)
    assert len(content(one.folder)) >= 12


def test_any_byte_that_changes_is_noticed(walked: dict[str, object], tmp_path: Path) -> None:
    """Every byte of the manifest and of the records beside it, and bytes all over of the files that it hashes."""
    revised = walked["revised"]
    assert isinstance(revised, Edition)
    copy = tmp_path / "copy"
    shutil.copytree(revised.folder, copy)
    chance = random.Random(766)
    for name, right in content(copy).items():
        places = (
            range(len(right))
            if name in ("manifest.json", "signature.json", "approval.json")
            else chance.sample(range(len(right)), 12)
        )
        for place in places:
            broken = bytearray(right)
            broken[place] ^= 1 << chance.randrange(8)
            (copy / name).write_bytes(broken)
            assert verify(copy), (name, place)
        (copy / name).write_bytes(right)
    assert verify(copy) == []


@pytest.fixture(scope="module")
def broken(walked: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to break; each example puts right what it broke."""
    revised = walked["revised"]
    assert isinstance(revised, Edition)
    return Path(shutil.copytree(revised.folder, tmp_path_factory.mktemp("broken") / "copy"))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_of_any_file_is_noticed(broken: Path, data: st.DataObject) -> None:
    """A byte changed, taken away or put in, anywhere in any file of the folder, approval and signature among them."""
    right = content(broken)
    assert {"approval.json", "signature.json", "manifest.json", "edition.xlsx", "indicators.parquet"} <= right.keys()
    name = data.draw(st.sampled_from(sorted(right)))
    place = data.draw(st.integers(0, len(right[name]) - 1))
    head, byte, tail = right[name][:place], right[name][place], right[name][place + 1 :]
    changed = data.draw(
        st.sampled_from([head + tail, head + bytes([byte, byte]) + tail])
        | st.integers(1, 255).map(lambda mask: head + bytes([byte ^ mask]) + tail)
    )
    (broken / name).write_bytes(changed)
    try:
        assert verify(broken), (name, place)
    finally:
        (broken / name).write_bytes(right[name])


def test_files_that_come_or_go_are_noticed(walked: dict[str, object], tmp_path: Path) -> None:
    revised = walked["revised"]
    assert isinstance(revised, Edition)
    copy = tmp_path / "copy"
    shutil.copytree(revised.folder, copy)
    (copy / "more.csv").write_text("x")
    assert verify(copy) == ["more.csv: the manifest does not know it"]
    (copy / "more.csv").unlink()
    (copy / "groups.csv").unlink()
    assert verify(copy) == ["groups.csv: is missing"]


@pytest.mark.parametrize(
    ("name", "column", "value", "told"),
    [
        ("ranking.csv", "rank", "1", "ranking.csv: H50.107 rank says 1"),
        ("ranking.csv", "total", "99.99", "ranking.csv: H50.107 total says 99.99"),
        ("ranking.csv", "band", "excellent", "ranking.csv: H50.107 band says excellent"),
        ("groups.csv", "score", "17.77", "groups.csv: H50.107"),
        ("indicators.csv", "numerator", "3", "indicators.csv: H50.107"),
        ("intervals.csv", "rank_best", "99", "intervals.csv: H50.107 rank"),
    ],
)
def test_a_figure_that_does_not_follow_is_named_though_every_hash_is_right(
    walked: dict[str, object], tmp_path: Path, name: str, column: str, value: str, told: str
) -> None:
    """Whoever forges a file can hash it anew; the figures still have to follow from each other."""
    revised = walked["revised"]
    assert isinstance(revised, Edition)
    copy = tmp_path / "copy"
    shutil.copytree(revised.folder, copy)
    with (copy / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["unit_code"] == "H50.107" and row.get("score", "1") not in ("", "0.00"))
    row[column] = value
    with (copy / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    manifest = json.loads((copy / "manifest.json").read_bytes())
    changed = (copy / name).read_bytes()
    manifest["files"][name] = {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    (copy / "manifest.json").write_bytes(canonical(manifest))
    record = {"manifest_sha256": hashlib.sha256(canonical(manifest)).hexdigest(), "public_key": "", "signature": ""}
    (copy / "signature.json").write_bytes(canonical(record | {"seal": seal(record)}))
    (copy / "approval.json").unlink()
    assert any(line.startswith(told) for line in verify(copy)), verify(copy)


def test_a_forged_approval_needs_the_key(walked: dict[str, object], tmp_path: Path) -> None:
    revised = walked["revised"]
    assert isinstance(revised, Edition)
    copy = tmp_path / "copy"
    shutil.copytree(revised.folder, copy)
    approval = json.loads((copy / "approval.json").read_bytes())
    approval["approved_by"] = "Ai Đó Khác"
    approval["seal"] = seal(approval)
    (copy / "approval.json").write_bytes(canonical(approval))
    assert verify(copy) == ["approval.json: the signature is not of this key and text"]


def test_an_edition_without_a_key_says_so(walked: dict[str, object], tmp_path: Path) -> None:
    settings, registry = walked["settings"], walked["registry"]
    assert isinstance(settings, Settings) and isinstance(registry, Registry)
    unsigned = Settings(workdir=settings.workdir, exports=settings.exports)
    (edition,) = write_editions(unsigned, registry, PERIOD, tmp_path)
    assert not edition.is_signed
    assert verify(edition.folder) == []


def test_what_is_asked_for_and_not_there_is_named(walked: dict[str, object], tmp_path: Path) -> None:
    settings, registry = walked["settings"], walked["registry"]
    assert isinstance(settings, Settings) and isinstance(registry, Registry)
    with pytest.raises(PermanentError, match="qd766-portal-2026 of H50"):
        write_editions(settings, registry, PERIOD, tmp_path, province="H99")
    with pytest.raises(PermanentError, match="no edition of 2026-09"):
        approve(settings, tmp_path, PERIOD, "A")
    with pytest.raises(PermanentError, match="name of the person"):
        approve(settings, tmp_path, PERIOD, " ")
    with pytest.raises(PermanentError, match="late_data"):
        write_editions(settings, registry, PERIOD, tmp_path, reason="because")
