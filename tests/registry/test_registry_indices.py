"""Index schemes and declarable criteria: the packaged ones say what sources say, each rule finds its error."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cchc.registry.check import check
from cchc.registry.files import PACKAGED
from cchc.registry.indices import digits
from cchc.registry.open import Registry, open_registry

FILES = ("index_schemes.csv", "index_nodes.csv", "index_figures.csv", "index_editions.csv", "index_values.csv")
SCHEME = "own,PAR_INDEX,Bộ riêng,Own,commune,,,2026-01-01,,test,true,\n"
NODES = (
    "own,total,,0,,Tổng,Total,100,stated,2026-01-01,,test,true,\n"
    "own,a,total,1,council,A,A,60,stated,2026-01-01,,test,true,\n"
    "own,b,total,2,survey,B,B,40,stated,2026-01-01,,test,true,\n"
    "own,extra,total,3,bonus,Thưởng,Bonus,5,stated,2026-01-01,,test,true,\n"
    "own,less,total,4,penalty,Trừ,Penalty,5,stated,2026-01-01,,test,true,\n"
)
EDITION = "own-2026,own,2026,1,2026-01-01,2026-12-31,,3,,,,test,\n"


@pytest.fixture(scope="module")
def packaged() -> Registry:
    return open_registry()


def registry(folder: Path, **rows: str) -> Path:
    """A folder with index files of its own: a sound scheme, and ``rows`` in the place of what they name."""
    given = {"schemes": SCHEME, "nodes": NODES, "figures": "", "editions": EDITION, "values": ""} | rows
    for name in FILES:
        head = (PACKAGED / name).read_text("utf-8").splitlines()[0]
        (folder / name).write_text(f"{head}\n{given[name[6:-4]]}", "utf-8")
    return folder


def value(node: str, **cells: str) -> str:
    names = (PACKAGED / "index_values.csv").read_text("utf-8").splitlines()[0].split(",")
    row = {"edition": "own-2026", "unit_code": "H50.101", "node": node, "source": "test"} | cells
    assert set(row) <= set(names)
    return ",".join(row.get(name, "") for name in names) + "\n"


def found(folder: Path) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.rule) for problem in check(folder)]


def test_the_seeds_are_there_as_published(packaged: Registry) -> None:
    values = {(item.edition, item.node): item for item in packaged.index_values}
    par = values["par-index-quang-ninh-district-2021", "total"]
    assert (par.unit_code, par.score, par.rank, par.rank_of) == ("H49.D200", Decimal("91.24"), 3, 13)
    ranked = {"the-che": (2, 13), "tthc": (1, None), "mot-cua": (1, None), "diem-thuong": (1, None)}
    for node, rank in ranked.items():
        item = values["par-index-quang-ninh-district-2021", node]
        assert (item.rank, item.rank_of, item.score, item.percent) == (*rank, None, None), node
    sipas = values["sipas-quang-ninh-district-2021", "total"]
    assert (sipas.score, sipas.percent) == (Decimal("28.81"), Decimal("96.04"))
    dgi = values["dgi-quang-ninh-2021", "khao-sat"]
    assert (dgi.score, dgi.percent, dgi.rank, dgi.rank_of) == (Decimal("72.74"), Decimal("90.93"), 7, 13)
    nam_dinh = values["par-index-nam-dinh-district-2022", "total"]
    assert (nam_dinh.unit_code, nam_dinh.rank, nam_dinh.rank_of, nam_dinh.rank_change) == ("H40.D365", 3, 10, 1)
    assert values["plan-giao-thuy-2023", "nhiem-vu"].raw_value == 70
    means = {item.edition: (item.mean_percent, item.ranked_units) for item in packaged.index_editions}
    assert means["par-index-province-2024"] == (Decimal("88.37"), 63)
    assert means["sipas-2024"] == (Decimal("83.94"), 63)


def test_no_maximum_stands_there_that_no_source_gives(packaged: Registry) -> None:
    known = {(n.scheme, n.node): (n.max_score, n.max_basis) for n in packaged.index_nodes if n.max_score is not None}
    assert known == {
        ("sipas-quang-ninh-district", "total"): (30, "stated"),
        ("dgi-quang-ninh", "khao-sat"): (80, "implied"),
    }
    assert {scheme.family for scheme in packaged.index_schemes} >= {"PAR_INDEX", "SIPAS", "DGI", "DDCI", "ICT", "DTI"}
    levels = {scheme.level for scheme in packaged.index_schemes if scheme.family == "PAR_INDEX"}
    assert {"province", "commune"} <= levels


def test_a_sound_scheme_has_no_problem(tmp_path: Path) -> None:
    values = value("total", score="97.5", rank="3") + value("extra", score="5") + value("less", score="-2")
    assert found(registry(tmp_path, values=values)) == []


BROKEN = {
    "a scheme twice": ({"schemes": SCHEME * 2}, ("index_schemes.csv", 3, "duplicate_key")),
    "no root": ({"nodes": "own,a,a,1,,A,A,,,2026-01-01,,t,true,\n"}, ("index_nodes.csv", 2, "index_root")),
    "two roots": ({"nodes": NODES + "own,c,,9,,C,C,,,2026-01-01,,t,true,\n"}, ("index_nodes.csv", 7, "index_root")),
    "a circle": (
        {"nodes": NODES + "own,c,d,9,,C,C,,,2026-01-01,,t,true,\nown,d,c,9,,D,D,,,2026-01-01,,t,true,\n"},
        ("index_nodes.csv", 7, "index_circle"),
    ),
    "a parent that is not there": (
        {"nodes": NODES + "own,c,x,9,,C,C,,,2026-01-01,,t,true,\n"},
        ("index_nodes.csv", 7, "unknown_node"),
    ),
    "parts above the whole": (
        {"nodes": NODES + "own,c,total,9,self,C,C,0.5,stated,2026-01-01,,t,true,\n"},
        ("index_nodes.csv", 2, "wrong_total"),
    ),
    "a maximum without basis": (
        {"nodes": NODES.replace("40,stated", "40,")},
        ("index_nodes.csv", 4, "schema"),
    ),
    "one node valid twice": (
        {"nodes": NODES + "own,a,total,1,council,A,A,60,stated,2026-06-01,,t,true,\n"},
        ("index_nodes.csv", 7, "overlapping_validity"),
    ),
    "a figure of no indicator": (
        {"figures": "own,a,NO_SUCH,2026-01-01,,t,true\n"},
        ("index_figures.csv", 2, "unknown_indicator"),
    ),
    "a figure of no node": (
        {"figures": "own,x,ONLINE_DOSSIER,2026-01-01,,t,true\n"},
        ("index_figures.csv", 2, "unknown_node"),
    ),
    "an edition of no scheme": (
        {"editions": EDITION + "x,other,2026,1,2026-01-01,2026-12-31,,,,,,t,\n"},
        ("index_editions.csv", 3, "unknown_scheme"),
    ),
    "a value of no edition": ({"values": value("a", edition="x")}, ("index_values.csv", 2, "unknown_edition")),
    "a value of no node": ({"values": value("x")}, ("index_values.csv", 2, "unknown_node")),
    "a value of no unit": ({"values": value("a", unit_code="H99")}, ("index_values.csv", 2, "unknown_unit")),
    "a value twice": ({"values": value("a") * 2}, ("index_values.csv", 3, "duplicate_key")),
    "points over the maximum": ({"values": value("a", score="60.01")}, ("index_values.csv", 2, "over_maximum")),
    "self-assessed over it": ({"values": value("a", self_score="61")}, ("index_values.csv", 2, "over_maximum")),
    "negative points": ({"values": value("a", score="-1")}, ("index_values.csv", 2, "negative_score")),
    "a rank below the last": ({"values": value("a", rank="4")}, ("index_values.csv", 2, "rank_over_units")),
    "a rank of fewer": ({"values": value("a", rank="3", rank_of="2")}, ("index_values.csv", 2, "rank_over_units")),
    "among more than there are": ({"values": value("a", rank_of="4")}, ("index_values.csv", 2, "rank_over_units")),
    "a hash that is none": ({"values": value("a", evidence_sha256="abc")}, ("index_values.csv", 2, "schema")),
    "bounds the wrong way": ({"values": value("a", norm_low="2", norm_high="1")}, ("index_values.csv", 2, "schema")),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_error_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    rows, wanted = BROKEN[name]
    assert wanted in found(registry(tmp_path, **rows))


def test_the_maximum_of_the_year_decides(tmp_path: Path) -> None:
    nodes = NODES.replace(
        "own,a,total,1,council,A,A,60,stated,2026-01-01,", "own,a,total,1,council,A,A,50,stated,2026-01-01,2026-12-31"
    )
    nodes += "own,a,total,1,council,A,A,60,stated,2027-01-01,,test,true,\n"
    editions = EDITION + EDITION.replace("2026", "2027")
    values = value("a", score="55") + value("a", score="55", edition="own-2027")
    assert found(registry(tmp_path, nodes=nodes, editions=editions, values=values)) == [
        ("index_values.csv", 2, "over_maximum")
    ]


def test_digits_are_those_that_were_written() -> None:
    assert [digits(Decimal(text)) for text in ("28.81", "90.90", "97", "1E+2")] == [2, 2, 0, 0]
    assert digits(None) is None


def test_declarables_of_no_template_and_of_a_method_are_found(tmp_path: Path) -> None:
    head, first, *_ = (PACKAGED / "declarables.csv").read_text("utf-8").splitlines()
    text = [
        head,
        first,
        first.replace("documents", "nobody"),
        first.replace("DOCUMENT_EXCHANGED_ONLINE", "DOSSIER_SYNC"),
    ]
    (tmp_path / "declarables.csv").write_text("\n".join(text) + "\n", "utf-8")
    problems = found(tmp_path)
    assert ("declarables.csv", 3, "overlapping_validity") in problems
    assert ("declarables.csv", 3, "unknown_template") in problems
    assert ("declarables.csv", 4, "duplicate_criterion") in problems
    assert ("templates.csv", 3, "empty_template") in problems


def test_answers_and_states_of_a_part_are_complete(packaged: Registry) -> None:
    parts: dict[tuple[str, str | None], set[str | None]] = {}
    for item in packaged.declarables:
        if item.exhaustive:
            parts.setdefault((item.template, item.part), set()).add(item.answer)
    assert {name: len(found) for (name, _), found in parts.items()} == {"tasks": 4, "survey": 5}
    assert sum(name == "tasks" for name, _ in parts) == 6
    assert sum(name == "survey" for name, _ in parts) == 5
