"""The check finds each kind of error, on its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cchc.errors import RegistryError
from cchc.registry.check import check
from cchc.registry.files import PACKAGED
from cchc.registry.importer import import_reference
from cchc.registry.open import open_registry

SAMPLE = Path(__file__).parent / "sample"
SYSTEM = """\
code: shop-a
name_vi: A
name_en: A
valid_from: 2025-07-01
datasets:
  - dataset: dossiers
    dialect: onecsv
    ext: csv
    headings: Z
    units:
      - H99.101
      - H99.102
"""


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    import_reference(SAMPLE, tmp_path)
    for path in (tmp_path / "systems").iterdir():
        path.unlink()
    (tmp_path / "systems" / "shop-a.yaml").write_text(SYSTEM, encoding="utf-8")
    return tmp_path


def found(directory: Path) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.rule) for problem in check(directory)]


def add(directory: Path, name: str, *lines: str) -> int:
    """Append lines to a file of the registry (first copied from the packaged data); the number of the last one."""
    path = directory / name
    if not path.exists():
        path.write_text((PACKAGED / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = path.read_text(encoding="utf-8") + "".join(line + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return text.count("\n")


def test_the_sample_is_clean(registry: Path) -> None:
    assert found(registry) == []


# columns as the import writes them: agency_code,admin_code,name,level,parent,valid_from,valid_to
@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("H99.101,99009,Xã Một,commune,H99,2026-01-01,", "overlapping_validity"),
        ("H99.103,99003,Xã Ba,commune,H98,2026-01-01,", "unknown_parent"),
        ("H99.103,99003,Xã Ba,commune,,2026-01-01,", "unknown_parent"),
        ("H99.103,99003,Xã Ba,commune,H99.101,2025-01-01,", "parent_not_valid"),
        ("H99.103,99003,Xã Ba,commune,H99.103,2026-01-01,", "parent_circle"),
        ("H99.103,99001,Xã Ba,commune,H99,2026-01-01,", "duplicate_admin_code"),
        ("H99.103,99003,Xã Ba,village,H99,2026-01-01,", "schema"),
        ("H99/103,99003,Xã Ba,commune,H99,2026-01-01,", "schema"),
        ("H99.103,99003,Xã Ba,commune,H99,2026-01-01,2025-01-01", "schema"),
        ("H99.103,99003,Xã Ba,commune,H99,1/7/2025,", "schema"),
        ("H99.103,99003,Xã Ba", "schema"),
    ],
)
def test_units(registry: Path, line: str, rule: str) -> None:
    at = add(registry, "units.csv", line)
    assert found(registry) == [("units.csv", at, rule)]


def test_gap_between_versions(registry: Path) -> None:
    at = add(
        registry,
        "units.csv",
        "H99.103,99003,Xã Ba,commune,H99,2025-07-01,2025-12-31",
        "H99.103,99003,Phường Ba,commune,H99,2026-02-01,",
    )
    assert found(registry) == [("units.csv", at, "validity_gap")]


def test_line_after_a_cell_of_two_lines(registry: Path) -> None:
    at = add(registry, "procedures.csv", '1.000003,"Thủ tục', 'ba",a,commune,0,1,working,full,1,2025-07-01,')
    at = add(registry, "procedures.csv", "1.3,bad,a,commune,0,1,working,full,1,2025-07-01,")
    assert found(registry) == [("procedures.csv", at, "bad_procedure_code")]


@pytest.mark.parametrize(
    ("name", "line", "rule"),
    [
        ("procedures.csv", "1.000001,x,a,commune,0,1,working,full,1,2026-01-01,", "overlapping_validity"),
        ("procedures.csv", "1.000009,x,a,commune,-5,1,working,full,1,2026-01-01,", "schema"),
        ("headings.csv", "Z,Cột lạ,colour", "unknown_column"),
        ("headings.csv", "Z,MÃ ,due_at", "duplicate_heading"),
        ("labels.csv", "colour,Đỏ,red", "unknown_field"),
        ("labels.csv", "status,Xong,11", "unknown_value"),
        ("labels.csv", "status,đang  xử lý,4", "duplicate_label"),
        ("codes.csv", "g1,status,1,1", "unknown_dialect"),
        ("codes.csv", "csv,outcome,1,failed", "duplicate_code"),
        ("bands.csv", "qd766-portal-2026,top,Nhất,Top,90,2026-01-01,,x", "overlapping_bands"),
        ("bands.csv", "qd766-portal-2026,good,Tốt,Good,85,2026-05-01,,x", "overlapping_validity"),
        ("bands.csv", "other,low,Yếu,Low,0,2026-05-01,,x", "unknown_method"),
        ("targets.csv", "NOTHING,,,2026-01-01,,>=,90,x,true,", "unknown_indicator"),
        ("portal_answers.csv", "new-tree,NOWHERE,,,", "unknown_group"),
        ("indicators.csv", "ONLINE_DOSSIER,a,b,dossiers,c,d,,,percent,x", "duplicate_indicator"),
        ("timeliness_rules.csv", "report_ii06,a,b,day,true,ignored,on_time,out,in_time,x", "duplicate_rule_set"),
        ("timeliness_rules.csv", "own,a,b,day,true,ignored,on_time,out,in_time,x", "no_ending"),
        ("timeliness_rules.csv", "own,a,b,week,true,ignored,on_time,out,in_time,x", "schema"),
        ("timeliness_rules.csv", "own,a,b,day,true,ignored,on_time,,in_time,x", "schema"),
        ("ending_rules.csv", "own,9,1,finished,true", "unknown_rule_set"),
        ("ending_rules.csv", "report_ii06,8,3,returned,false", "ending_order"),
        ("ending_rules.csv", "report_ii06,8,1,returned,false", "ending_order"),
        ("ending_rules.csv", "report_ii06,8,2,finished,false", "duplicate_ending"),
        ("ending_rules.csv", "report_ii06,9,3,refused,false", "ending_expectation"),
        ("ending_rules.csv", "report_ii06,11,1,finished,true", "schema"),
        ("ending_rules.csv", "report_ii06,8,2,archived,false", "schema"),
        ("rules_in_force.csv", "report_ii06,2026-10-07,,x", "overlapping_validity"),
        ("integrity_signals.csv", "end_backdated,a,b,3,,,,c,d,2026-01-01,,x", "overlapping_validity"),
        ("integrity_signals.csv", "accused,a,b,3,,,,c,d,2026-01-01,,x", "schema"),
        ("integrity_signals.csv", "end_backdated,a,b,,,,,c,d,2019-01-01,2019-12-31,x", "missing_limit"),
        ("integrity_signals.csv", "end_backdated,a,b,1,5,,,c,d,2019-01-01,2019-12-31,x", "unused_limit"),
        ("corrections.csv", "1,dossiers,none,H50.1-1,channel,direct,online,x,open,,A,2026-10-01,,", "unknown_system"),
        ("corrections.csv", "1,dossiers,shop-a,H50.1-1,channel,direct,flying,x,open,,A,2026-10-01,,", "schema"),
        ("corrections.csv", "1,dossiers,shop-a,H50.1-1,channel,direct,direct,x,open,,A,2026-10-01,,", "schema"),
        ("corrections.csv", "1,dossiers,shop-a,H50.1-1,received_at,,2026-10-01,x,open,,A,2026-10-01,,", "schema"),
        ("corrections.csv", "1,dossiers,shop-a,H50.1-1,handling_unit,,H98,x,open,,A,2026-10-01,,", "unknown_unit"),
        ("contacts.csv", "H98,unit,email,a@x.example,2026-01-01,", "unknown_unit"),
        ("contacts.csv", "H99,boss,email,a@x.example,2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,email,=cmd|a@x.example,2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,email,A <a@x.example>,2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,email,a@x,2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,webhook,javascript:alert(1),2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,webhook,https://a:b@x.example/h,2026-01-01,", "schema"),
        ("contacts.csv", "H99,unit,webhook,https://x.example:port/h,2026-01-01,", "schema"),
    ],
)
def test_rows(registry: Path, name: str, line: str, rule: str) -> None:
    at = add(registry, name, line)
    assert (name, at, rule) in found(registry)
    if name not in ("targets.csv",):
        assert len(found(registry)) == 1


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["report_ii06,1900-01-01,"], []),
        (["report_ii06,1900-01-01,2026-10-06", "qd766-portal-2026,2026-10-07,"], []),
        (["report_ii06,2020-01-01,"], [(2, "rule_gap")]),
        (["report_ii06,1900-01-01,2026-10-06"], [(2, "rule_gap")]),
        (["qd766-portal-2026,2026-10-09,", "report_ii06,1900-01-01,2026-10-06"], [(2, "rule_gap")]),
        (["own,1900-01-01,"], [(2, "unknown_rule_set")]),
        ([], [(1, "rule_gap")]),
    ],
)
def test_a_rule_is_in_force_on_every_day(registry: Path, lines: list[str], wrong: list[tuple[int, str]]) -> None:
    text = "".join(f"{line}\n" for line in ["rule_set,valid_from,valid_to", *lines])
    (registry / "rules_in_force.csv").write_text(text, encoding="utf-8")
    assert found(registry) == [("rules_in_force.csv", line, rule) for line, rule in wrong]


def test_target_of_an_unknown_unit(registry: Path) -> None:
    (registry / "targets.csv").write_text(
        "indicator,unit_code,level,period_from,period_to,operator,target_percent,source,verified\n"
        "ONLINE_DOSSIER,H98,,2026-01-01,,>=,90,x,true\n",
        encoding="utf-8",
    )
    assert found(registry) == [("targets.csv", 2, "unknown_unit")]


def test_heading_map_without_a_required_column(registry: Path) -> None:
    at = add(registry, "headings.csv", "Y,Mã,dossier_code") - 0
    rules = found(registry)
    assert rules == [("headings.csv", at, "missing_heading")] * 3


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("- H99.102", "- H98", 12, "unknown_unit"),
        ("- H99.102", "- H99.101", 12, "duplicate_unit"),
        ("headings: Z", "headings: Q", 9, "unknown_headings"),
        ("    headings: Z\n", "", 6, "unknown_headings"),
        ("dialect: onecsv", "dialect: dvcqg2019", 7, "unknown_dialect"),
        ("dialect: onecsv", "dialect: csv", 7, "unknown_dialect"),
        ("ext: csv", "ext: csv\n    encoding: tcvn3", 9, "unknown_encoding"),
        ("ext: csv", "ext: CSV", 8, "schema"),
        ("ext: csv", "ext: csv\n    delimeter: ';'", 9, "schema"),
        ("ext: csv", "ext: csv\n    optional: {colour: 2026-01-01}", 9, "schema"),
        ("ext: csv", "ext: csv\n    code_patterns: {status: 'x'}", 9, "schema"),
        ("ext: csv", "ext: csv\n    code_patterns: {dossier_code: 'H(99'}", 9, "schema"),
        ("ext: csv", "ext: csv\n    not_tolerated: [blue_ink]", 9, "schema"),
        ("code: shop-a", "code: Shop A", 1, "schema"),
        ("valid_from: 2025-07-01", "valid_from: soon", 4, "schema"),
        ("valid_from: 2025-07-01", "valid_from: 2025-07-01\nvalid_to: 2025-06-01", 5, "schema"),
        ("valid_from: 2025-07-01", "valid_from: 2025-07-01\nroot: sftp://u:secret@host/x", 5, "password_in_root"),
        ("name_en: A", "name_en: A\nname_en: B", 4, "duplicate_key"),
        ("name_en: A", "name_en: '<img src=x onerror=alert(1)>'", 3, "markup_in_name"),
        ("name_vi: A", "name_vi: 'A &lt;b&gt;'", 2, "markup_in_name"),
        ("name_en: A", "name_en: '=HYPERLINK(1)'", 3, "formula_in_name"),
        ("name_en: A", "name_en: '-SUM(A1)'", 3, "formula_in_name"),
        ("name_en: A", 'name_en: "A\\u202eB"', 3, "unseen_in_name"),
        ("name_en: A", "name_en: [A", 4, "yaml"),
    ],
)
def test_systems(registry: Path, old: str, new: str, line: int, rule: str) -> None:
    (registry / "systems" / "shop-a.yaml").write_text(SYSTEM.replace(old, new), encoding="utf-8")
    assert ("systems/shop-a.yaml", line, rule) in found(registry)


def test_system_twice_and_dataset_twice(registry: Path) -> None:
    twice = SYSTEM + SYSTEM[SYSTEM.index("  - dataset") :]
    (registry / "systems" / "shop-b.yaml").write_text(twice, encoding="utf-8")
    rules = found(registry)
    assert ("systems/shop-b.yaml", 1, "duplicate_system") in rules
    assert ("systems/shop-b.yaml", 13, "duplicate_dataset") in rules


def test_unit_that_is_never_valid_with_the_system(registry: Path) -> None:
    text = SYSTEM.replace("valid_from: 2025-07-01", "valid_from: 2024-01-01\nvalid_to: 2024-12-31")
    (registry / "systems" / "shop-a.yaml").write_text(text, encoding="utf-8")
    assert found(registry) == [("systems/shop-a.yaml", line, "unit_not_valid") for line in (12, 13)]


METHOD = """\
method: own
name_vi: M
name_en: M
source: s
valid_from: 2026-01-01
is_default: true
groups:
  - group: PROGRESS
    name_vi: P
    name_en: P
    max_score: 100
    criteria:
      - criterion: PROCESSING_ON_TIME
        name_vi: a
        name_en: a
        max_score: 100
        full_at_percent: 90
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("        max_score: 100", "        max_score: 99", 11, "wrong_total"),
        ("is_default: true", "is_default: true\nmax_score: 90", 7, "wrong_total"),
        ("full_at_percent: 90", "full_at_percent: 0", 17, "schema"),
        ("full_at_percent: 90", "full_at_percent: 101", 17, "schema"),
        ("criterion: PROCESSING_ON_TIME", "criterion: SPEED", 13, "unknown_indicator"),
        ("is_default: true", "is_default: false", 6, "default_method"),
    ],
)
def test_methods(registry: Path, old: str, new: str, line: int, rule: str) -> None:
    (registry / "methods").mkdir()
    (registry / "methods" / "own.yaml").write_text(METHOD.replace(old, new), encoding="utf-8")
    (registry / "bands.csv").write_text(
        "method,band,name_vi,name_en,lower_bound,valid_from\nown,weak,Yếu,Weak,0,2026-01-01\n", encoding="utf-8"
    )
    (registry / "portal_answers.csv").write_text("answer,group_name,criterion\n", encoding="utf-8")
    assert found(registry) == [("methods/own.yaml", line, rule)]


def test_lowest_band_starts_at_zero(registry: Path) -> None:
    (registry / "bands.csv").write_text(
        "method,band,name_vi,name_en,lower_bound,valid_from\nqd766-portal-2026,weak,Yếu,Weak,10,2026-01-01\n",
        encoding="utf-8",
    )
    assert found(registry) == [("bands.csv", 2, "band_gap")]


BANDS = "method,band,name_vi,name_en,lower_bound,upper_bound,conditions,valid_from\n"
HIGH, LOW = (
    "qd766-portal-2026,good,Tốt,Good,80,{},{},2026-01-01\n",
    "qd766-portal-2026,weak,Yếu,Weak,0,{},{},2026-01-01\n",
)


@pytest.mark.parametrize(
    ("high", "low", "problem"),
    [
        (("100", "ONLINE_DOSSIER>=50 PROCESSING_ON_TIME>=90"), ("79.99", ""), None),
        (("", ""), ("", ""), None),
        (("100", ""), ("79.9", ""), (3, "band_gap")),
        (("100", ""), ("80", ""), (3, "overlapping_bands")),
        (("99.99", ""), ("79.99", ""), (2, "band_gap")),
        (("99.999", ""), ("", ""), (2, "schema")),
        (("", ""), ("", "ONLINE_DOSSIER>=50"), (3, "band_condition")),
        (("", "VNEID_ACTIVATED>=50"), ("", ""), (2, "unknown_criterion")),
        (("", "ONLINE_DOSSIER>50"), ("", ""), (2, "schema")),
        (("", "ONLINE_DOSSIER>=101"), ("", ""), (2, "schema")),
    ],
)
def test_bands_cover_the_scale_and_ask_what_is_scored(
    registry: Path, high: tuple[str, str], low: tuple[str, str], problem: tuple[int, str] | None
) -> None:
    (registry / "bands.csv").write_text(BANDS + HIGH.format(*high) + LOW.format(*low), encoding="utf-8")
    assert found(registry) == ([("bands.csv", *problem)] if problem else [])


def test_bands_cover_the_scale_on_every_day(registry: Path) -> None:
    text = BANDS.replace("valid_from", "valid_from,valid_to")
    text += "qd766-portal-2026,weak,Yếu,Weak,0,,,2026-01-01,2026-06-30\n"
    text += "qd766-portal-2026,good,Tốt,Good,80,,,2026-07-01,\n"
    (registry / "bands.csv").write_text(text, encoding="utf-8")
    assert found(registry) == [("bands.csv", 3, "band_gap")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("a1,H50.1,qd766-portal-2026,2026-09-01,2026-09-30,ONLINE_DOSSIER,-0.5,x,,Sở Nội vụ,2026-10-05", None),
        ("a1,H50.1,qd766-portal-2026,2026-09-30,2026-09-01,,1,x,,Sở Nội vụ,2026-10-05", "schema"),
        ("a1,H50.1,qd766-portal-2026,2026-09-01,2026-09-30,,0,x,,Sở Nội vụ,2026-10-05", "schema"),
        ("a1,H50.1,qd766-portal-2026,2026-09-01,2026-09-30,,0.005,x,,Sở Nội vụ,2026-10-05", "schema"),
        ("a1,H50.1,qd766-portal-2026,2026-09-01,2026-09-30,VNEID_ACTIVATED,1,x,,Sở,2026-10-05", "unknown_criterion"),
        ("a1,H50.1,other,2026-09-01,2026-09-30,,1,x,,Sở Nội vụ,2026-10-05", "unknown_method"),
        ("a1,H50.none,qd766-portal-2026,2026-09-01,2026-09-30,,1,x,,Sở Nội vụ,2026-10-05", "unknown_unit"),
    ],
)
def test_adjustments_are_of_something_that_there_is(registry: Path, row: str, rule: str | None) -> None:
    unit = next(line.split(",")[0] for line in (registry / "units.csv").read_text().splitlines()[1:])
    (registry / "adjustments.csv").write_text(
        "adjustment,unit_code,method,period_start,period_end,criterion,points,reason,evidence,approved_by,decided_on\n"
        + row.replace("H50.1,", f"{unit},")
        + "\n",
        encoding="utf-8",
    )
    assert found(registry) == ([("adjustments.csv", 2, rule)] if rule else [])


def test_missing_column_and_wrong_encoding(registry: Path) -> None:
    (registry / "labels.csv").write_text("field,text\nstatus,x\n", encoding="utf-8")
    (registry / "headings.csv").write_bytes("headings,heading,canonical\nZ,Mã,dossier_code\n".encode("utf-16"))
    rules = {(file, rule) for file, _, rule in found(registry)}
    assert ("labels.csv", "missing_column") in rules
    assert ("headings.csv", "unreadable") in rules


@pytest.mark.parametrize("name", sorted(path.name for path in PACKAGED.glob("*.csv")))
def test_a_column_nobody_reads_is_refused(tmp_path: Path, name: str) -> None:
    first, *rows = (PACKAGED / name).read_text(encoding="utf-8").splitlines()
    (tmp_path / name).write_text(
        "\n".join([f"{first},nobody_reads_me", *(f"{row},x" for row in rows[:1])]) + "\n", encoding="utf-8"
    )
    assert (name, 1, "unknown_column") in found(tmp_path)
    with pytest.raises(RegistryError, match=rf"{name}:1: unknown_column: no column 'nobody_reads_me'"):
        open_registry(tmp_path)


def test_a_column_that_stands_twice_is_refused(registry: Path) -> None:
    (registry / "labels.csv").write_text("field,label,canonical,label\nstatus,x,1,y\n", encoding="utf-8")
    assert ("labels.csv", 1, "duplicate_column") in found(registry)


def test_messages_are_in_both_languages(registry: Path) -> None:
    add(registry, "units.csv", "H99.101,99009,Xã Một,commune,H99,2026-01-01,")
    (problem,) = check(registry)
    assert problem.message.startswith("unit H99.101 is valid twice")
    assert problem.message_vi.startswith("đơn vị H99.101")
    assert str(problem).startswith("units.csv:6: overlapping_validity: ")


def test_an_address_is_told_once_at_a_time(registry: Path) -> None:
    add(registry, "contacts.csv", "H99,unit,email,a@x.example,2026-01-01,2026-06-30")
    add(registry, "contacts.csv", "H99,unit,email,a@x.example,2026-07-01,", "H99,data,email,a@x.example,2026-01-01,")
    assert found(registry) == []
    before = open_registry(registry).hash
    at = add(registry, "contacts.csv", "H99,unit,email,A@x.example,2026-08-01,")
    assert found(registry) == [("contacts.csv", at, "duplicate_contact")]
    assert open_registry(registry).hash == before  # figures do not depend on whom they are told


LAYOUT = "own,A,B,unit,waiting_within,1,false,2026-01-01,,source,"
FORM_COLUMNS = ("own,2026-01-01,,1,Đơn vị,,unit,", "own,2026-01-01,,2,Tổng,,recv_total,2 = 3 + 4")
MORE_COLUMNS = ("own,2026-01-01,,3,Trực tuyến,,recv_online,", "own,2026-01-01,,4,Kỳ trước,,recv_carry,4 = 2 before")


def test_a_layout_of_ones_own_is_sound(registry: Path) -> None:
    add(registry, "form_layouts.csv", LAYOUT)
    add(registry, "form_columns.csv", *FORM_COLUMNS, *MORE_COLUMNS)
    assert found(registry) == []
    item = next(item for item in open_registry(registry).form_columns if item.layout == "own" and item.identities)
    assert [str(identity) for identity in item.identities] == ["2 = 3 + 4"]


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ((*FORM_COLUMNS, "own,2026-01-01,,3,Khác,,recv_online,"), "form_identity"),
        ((FORM_COLUMNS[0], "own,2026-01-01,,3,Tổng,,recv_total,"), "form_order"),
        ((FORM_COLUMNS[0], "own,2026-01-01,,2,Tổng,,recv_all,"), "unknown_key"),
        ((FORM_COLUMNS[0], "own,2026-01-01,,2,Tổng,,unit,"), "duplicate_key"),
        ((FORM_COLUMNS[0], "own,2026-01-01,,2,Tổng,,recv_total,2 is 3"), "schema"),
        ((FORM_COLUMNS[0], "own,2026-02-01,,2,Tổng,,recv_total,"), "unknown_layout"),
    ],
)
def test_columns_of_forms(registry: Path, columns: tuple[str, ...], rule: str) -> None:
    add(registry, "form_layouts.csv", LAYOUT)
    at = add(registry, "form_columns.csv", *columns)
    told = {(file, each) for file, line, each in found(registry) if line in range(at - len(columns) + 1, at + 1)}
    assert told == {("form_columns.csv", rule)}


@pytest.mark.parametrize(
    ("layout", "rule"),
    [
        (LAYOUT.replace("waiting_within", "other"), "form_rule"),
        (LAYOUT.replace("2026-01-01", "2019-01-01"), "form_rule"),
        (LAYOUT.replace("unit", "field"), "form_columns"),
        ("II.06a,A,B,field,waiting_within,1,false,2026-01-01,,source,", "overlapping_validity"),
    ],
)
def test_layouts_of_forms(registry: Path, layout: str, rule: str) -> None:
    first = layout.split(",")[-4]
    at = add(registry, "form_layouts.csv", layout)
    name = layout.split(",")[0]
    add(
        registry,
        "form_columns.csv",
        *(line.replace("2026-01-01", first) for line in FORM_COLUMNS + MORE_COLUMNS if name == "own"),
    )
    assert ("form_layouts.csv", at, rule) in found(registry)


@pytest.mark.parametrize("row", ["own,waiting,none", "own,withdrawn,running"])
def test_a_state_goes_where_it_may(registry: Path, row: str) -> None:
    at = add(registry, "form_rules.csv", f"{row},Ghi chú,2026-01-01,,source")
    assert found(registry) == [("form_rules.csv", at, "form_place")]
