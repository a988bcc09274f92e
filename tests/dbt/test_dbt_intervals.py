"""How sure a rank is: the models against a second, plain reckoning, and against what may really come.

The compiled SQL of the models runs over small made-up tables, many of them: whatever the cases that are not known turn
out to be, totals and ranks lie in their intervals.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import Built, registry_rows
from hypothesis import given, settings
from hypothesis import strategies as st

MAXIMUM = {"PROCESSING_ON_TIME": 20, "ONLINE_DOSSIER": 6, "PETITION_PROCESSING_ON_TIME": 6}
FULL = {"PROCESSING_ON_TIME": 100, "ONLINE_DOSSIER": 50, "PETITION_PROCESSING_ON_TIME": 100}
ZERO = {"PETITION_PROCESSING_ON_TIME": "maximum"}
LEAST_PERCENT = 80

Dossier = tuple[bool, bool]  # on time, filed online


@dataclass(frozen=True)
class Unit:
    """What the warehouse knows of a unit in the one period, and how many rows it does not know."""

    dossiers: tuple[Dossier, ...]
    petitions: tuple[bool, ...]
    unknown_dossiers: int
    unknown_petitions: int
    adjustment: Decimal
    portal: tuple[int, int] | None  # the portal's figure of PROCESSING_ON_TIME
    due: int
    readable: int

    def exports(self) -> dict[str, tuple[int, int]]:
        count = len(self.dossiers)
        return {
            "PROCESSING_ON_TIME": (sum(on_time for on_time, _ in self.dossiers), count),
            "ONLINE_DOSSIER": (sum(online for _, online in self.dossiers), count),
            "PETITION_PROCESSING_ON_TIME": (sum(self.petitions), len(self.petitions)),
        }

    @property
    def stands_on_portal(self) -> bool:
        return not self.dossiers and self.portal is not None

    def used(self) -> dict[str, tuple[int, int]]:
        return self.exports() | ({"PROCESSING_ON_TIME": self.portal} if self.stands_on_portal and self.portal else {})

    def scores(self) -> dict[str, Decimal]:
        return {criterion: points(criterion, *figure) for criterion, figure in self.used().items()}

    @property
    def total(self) -> Decimal:
        return sum(self.scores().values(), Decimal(0)) + self.adjustment

    def null_reason(self) -> str | None:
        if self.used()["PROCESSING_ON_TIME"][1] == 0:
            return "no_dossiers"
        if self.stands_on_portal:
            return None
        if self.readable * 100 < LEAST_PERCENT * self.due:
            return "incomplete_deliveries"
        if self.portal and self.portal[1] and len(self.dossiers) * 100 < LEAST_PERCENT * self.portal[1]:
            return "incomplete_coverage"
        return None


World = dict[str, Unit]


def points(criterion: str, good: int, cases: int) -> Decimal:
    """A score as the portal rounds it, by decimal division."""
    most = Decimal(MAXIMUM[criterion])
    if cases == 0:
        return most if ZERO.get(criterion) == "maximum" else Decimal("0.00")
    value = most * good * 100 / (cases * FULL[criterion])
    return min(most, value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def ranks(world: World, tie_rule: str) -> dict[str, int]:
    totals = {code: unit.total for code, unit in world.items() if unit.null_reason() is None}
    places = {}
    for code, total in totals.items():
        ahead = [other for other in totals.values() if other > total]
        places[code] = 1 + len(set(ahead) if tie_rule == "dense" else ahead)
    return places


def changed(chance: random.Random, cases: tuple[Any, ...], rows: int, drawn: Any) -> tuple[Any, ...]:
    """At most ``rows`` rows come: each brings a case, turns one, takes one away, or does nothing."""
    after = list(cases)
    open_cases = list(range(len(after)))  # a row changes what was known, each case once
    chance.shuffle(open_cases)
    gone = []
    for _ in range(rows):
        what = chance.choice(["add", "turn", "turn", "leave", "nothing"])
        if what == "add":
            after.append(drawn(chance))
        elif what == "turn" and open_cases:
            after[open_cases.pop()] = drawn(chance)
        elif what == "leave" and open_cases:
            gone.append(open_cases.pop())
    return tuple(case for place, case in enumerate(after) if place not in gone)


def outcome(chance: random.Random, world: World) -> World:
    """The world once what was not known is known; sometimes every row of a unit is good, or bad."""
    after = {}
    for code, unit in world.items():
        mood = chance.choice([0.0, 0.5, 1.0])

        def good(chance: random.Random, mood: float = mood) -> bool:
            return chance.random() < mood

        after[code] = replace(
            unit,
            dossiers=changed(chance, unit.dossiers, unit.unknown_dossiers, lambda c: (good(c), good(c))),
            petitions=changed(chance, unit.petitions, unit.unknown_petitions, good),
            readable=chance.randint(unit.readable, unit.due),
        )
    return after


@st.composite
def units(draw: st.DrawFn) -> Unit:
    due = draw(st.integers(1, 5))
    whole = draw(st.booleans())
    return Unit(
        dossiers=tuple(draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))),
        petitions=tuple(draw(st.lists(st.booleans(), max_size=3))),
        unknown_dossiers=draw(st.sampled_from([0, 0, 0, 1, 2, 5])),
        unknown_petitions=draw(st.sampled_from([0, 0, 0, 1])),
        adjustment=Decimal(draw(st.sampled_from(["0", "0", "0", "-1.50", "0.25"]))),
        portal=draw(st.none() | st.sampled_from([(0, 0), (3, 4), (9, 12)])),
        due=due,
        readable=due if whole else draw(st.integers(0, due)),
    )


@pytest.fixture(scope="module")
def statements(built: Built) -> dict[str, str]:
    """What dbt compiled of the two models, without the name of the database."""
    folder = Path(built.env["DBT_TARGET_PATH"]) / "compiled" / "cchc" / "models" / "scoring"
    return {
        name: (folder / f"{name}.sql").read_text(encoding="utf-8").replace(f'"{built.path.stem}".', "")
        for name in ("fct_score_interval", "fct_rank_interval")
    }


TABLES = {
    "indicators.fct_unit_indicator": "unit_code varchar, period_id varchar, indicator varchar, source varchar, "
    "numerator decimal(18, 4), denominator decimal(18, 4)",
    "scoring.fct_unit_score": "unit_code varchar, period_id varchar, method varchar, criterion varchar, "
    "numerator decimal(18, 4), denominator decimal(18, 4), max_score decimal(9, 2), score decimal(9, 2)",
    "marts.dim_criterion": "method varchar, criterion varchar, max_score decimal(9, 2), full_at_percent decimal(9, 4)",
    "intermediate.int_criterion_unknown": "unit_code varchar, period_id varchar, criterion varchar, cases bigint, "
    "is_any boolean",
    "intermediate.int_unit_period_unknown": "unit_code varchar, period_id varchar, dossiers bigint, petitions bigint",
    "scoring.fct_unit_completeness": "unit_code varchar, period_id varchar, dossiers_in_exports bigint, "
    "dossiers_on_portal bigint",
    "marts.dim_method": "method varchar, tie_rule varchar, least_coverage_percent decimal(9, 4)",
    "scoring.fct_ranking": "unit_code varchar, period_id varchar, method varchar, province_code varchar, "
    "ranked_level varchar, total decimal(9, 2), adjustment decimal(9, 2), rank integer, is_few_dossiers boolean, "
    "rank_null_reason varchar",
}


def intervals(world: World, tie_rule: str, statements: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the models say of a world."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
    rows["marts.dim_criterion"] = [("m", c, MAXIMUM[c], FULL[c]) for c in MAXIMUM]
    rows["marts.dim_method"] = [("m", tie_rule, LEAST_PERCENT)]
    places = ranks(world, tie_rule)
    for code, unit in world.items():
        exports = unit.exports()
        rows["indicators.fct_unit_indicator"] += [(code, "p", c, "exports", n, d) for c, (n, d) in exports.items()]
        rows["scoring.fct_unit_score"] += [
            (code, "p", "m", c, n, d, MAXIMUM[c], unit.scores()[c]) for c, (n, d) in unit.used().items()
        ]
        unknown = {
            "PROCESSING_ON_TIME": unit.unknown_dossiers,
            "ONLINE_DOSSIER": unit.unknown_dossiers,
            "PETITION_PROCESSING_ON_TIME": unit.unknown_petitions,
        }
        rows["intermediate.int_criterion_unknown"] += [(code, "p", c, n, False) for c, n in unknown.items() if n]
        rows["intermediate.int_unit_period_unknown"].append((code, "p", unit.unknown_dossiers, unit.unknown_petitions))
        on_portal = unit.portal[1] if unit.portal and unit.portal[1] else None
        rows["scoring.fct_unit_completeness"].append((code, "p", len(unit.dossiers) or None, on_portal))
        standing = (unit.total, unit.adjustment, places.get(code), False, unit.null_reason())
        rows["scoring.fct_ranking"].append((code, "p", "m", "X", "commune", *standing))
    con = duckdb.connect()
    for schema in ("indicators", "scoring", "marts", "intermediate"):
        con.execute(f"create schema {schema}")
    for name, columns in TABLES.items():
        con.execute(f"create table {name} ({columns})")
        if rows[name]:
            con.executemany(f"insert into {name} values ({', '.join('?' * len(rows[name][0]))})", rows[name])
    con.execute(f"create table scoring.fct_score_interval as {statements['fct_score_interval']}")
    found = con.execute(statements["fct_rank_interval"])
    names = [column[0] for column in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


@settings(max_examples=60, deadline=None)
@given(
    world=st.lists(units(), min_size=1, max_size=6).map(lambda found: {f"X.{n}": unit for n, unit in enumerate(found)}),
    tie_rule=st.sampled_from(["shared", "dense"]),
    seed=st.integers(0, 10**6),
)
def test_whatever_comes_totals_and_ranks_lie_in_their_intervals(
    statements: dict[str, str], world: World, tie_rule: str, seed: int
) -> None:
    said = intervals(world, tie_rule, statements)
    now = ranks(world, tie_rule)
    assert said.keys() == now.keys()
    chance = random.Random(seed)
    for after in [world, *(outcome(chance, world) for _ in range(60))]:
        places = ranks(after, tie_rule)
        for code, row in said.items():
            if code in places:
                assert row["score_low"] <= after[code].total <= row["score_high"], (code, after[code])
                assert row["rank_best"] <= places[code] <= row["rank_worst"], (code, after)


@settings(max_examples=40, deadline=None)
@given(
    world=st.lists(units(), min_size=1, max_size=6).map(lambda found: {f"X.{n}": unit for n, unit in enumerate(found)}),
    tie_rule=st.sampled_from(["shared", "dense"]),
)
def test_where_all_is_known_an_interval_is_the_rank_itself(
    statements: dict[str, str], world: World, tie_rule: str
) -> None:
    known = {
        code: replace(unit, unknown_dossiers=0, unknown_petitions=0, readable=unit.due) for code, unit in world.items()
    }
    places = ranks(known, tie_rule)
    lowest = max(places.values(), default=0)
    for code, row in intervals(known, tie_rule, statements).items():
        assert row["rank_best"] == row["rank_worst"] == places[code]
        assert row["score_low"] == row["score_high"] == known[code].total
        alone = Counter(places.values())[places[code]] == 1
        is_last = places[code] == lowest
        expected = None if len(places) == 1 else None if is_last and alone else alone
        assert row["is_distinguishable_from_next"] is expected, (code, places)


def test_an_interval_is_not_wider_than_what_may_come(statements: dict[str, str]) -> None:
    """Nine of ten on time and two rows open: 7 of 10 at worst, 10 of 10 at best; both can be reached."""
    dossiers = ((True, False),) * 9 + ((False, False),)
    unit = Unit(dossiers, (True,), 2, 0, Decimal(0), None, 1, 1)
    row = intervals({"X.0": unit}, "shared", statements)["X.0"]
    # each row may also make a dossier online, of which half are enough: 2 of 10
    assert (row["score_low"], row["score_high"]) == (
        Decimal("14.00") + 6,
        Decimal("20.00") + 6 + points("ONLINE_DOSSIER", 2, 10),
    )
    assert row["one_dossier_points"] == Decimal("2.0000")
    assert (row["unknown_dossiers"], row["unknown_petitions"]) == (2, 0)


@pytest.mark.parametrize(("tie_rule", "best", "worst"), [("shared", 3, 4), ("dense", 2, 4)])
def test_equal_totals_ahead_count_by_the_tie_rule(
    statements: dict[str, str], tie_rule: str, best: int, worst: int
) -> None:
    """Two sure ones ahead at the same total, one perhaps; by dense ties the perhaps may have a total of its own."""
    good, bad = (True, True), (False, False)
    sure = Unit((good,) * 10, (), 0, 0, Decimal(0), None, 1, 1)
    perhaps = Unit((bad,) * 10, (), 5, 0, Decimal(0), None, 1, 1)
    mine = Unit((good,) * 3 + (bad,) * 7, (), 0, 0, Decimal(0), None, 1, 1)
    row = intervals({"X.0": sure, "X.1": sure, "X.2": perhaps, "X.3": mine}, tie_rule, statements)["X.3"]
    assert (row["rank_best"], row["rank_worst"]) == (best, worst if tie_rule == "shared" else 3)


def rows_of(built: Built, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(built.path), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_the_held_row_and_the_refused_file_are_counted_where_they_may_belong(built: Built) -> None:
    """The held row says nothing of itself: any unit at or below its deliverer, any period begun by its day."""
    held = rows_of(
        built,
        "select unknown_kind, unit_code, first_day, last_day = (select max(export_date) from marts.fct_quarantine) "
        "from intermediate.int_held_place",
    )
    assert len(held) == 1 and held[0][0] == "dossiers" and held[0][3] is True
    ((system, unit, day, rows),) = rows_of(
        built,
        "select system, delivering_unit, export_date, max(n_rows) from intermediate.int_unread_delivery "
        "where delivering_unit = (select unit_code from marts.fct_delivery where revision_id = 'refused') "
        "and export_date = (select export_date from marts.fct_delivery where revision_id = 'refused') group by all",
    )
    fullest = rows_of(
        built,
        "select max(rows_read) from marts.fct_expected_delivery where dataset = 'dossiers' and status in "
        f"('on_time', 'late') and system = '{system}' and unit_code = '{unit}'",
    )[0][0]
    assert day.isoformat() == "2026-11-05" and rows == fullest  # nothing readable of that November: the fullest file


def test_intervals_of_the_built_warehouse_hold_its_ranks(built: Built) -> None:
    wrong = rows_of(
        built,
        "select i.* from publish.pub_rank_interval as i inner join publish.pub_ranking as r "
        "using (unit_code, period_id, method) where not (i.rank_best <= r.rank and r.rank <= i.rank_worst "
        "and i.score_low <= r.total and r.total <= i.score_high)",
    )
    assert wrong == []
    ((ranked, with_interval),) = rows_of(
        built,
        "select count(rank), (select count(*) from publish.pub_rank_interval) from publish.pub_ranking",
    )
    assert ranked == with_interval > 10


def test_peers_are_those_that_a_plain_reckoning_finds(built: Built) -> None:
    standing = rows_of(
        built,
        "select unit_code, period_id, method, province_code, ranked_level, total, dossiers from scoring.fct_ranking "
        "inner join marts.dim_period using (period_id) where rank is not null and period_series is not null",
    )
    mixes: dict[tuple[str, str], Counter[str]] = {}
    for period, ancestor, procedure, count in rows_of(
        built,
        "select p.period_id, a.ancestor_code, d.procedure_code, count(*) from marts.fct_dossier as d "
        "inner join marts.dim_unit_ancestry as a on d.handling_unit = a.descendant_code "
        "and d.received_date between a.holds_from and a.holds_to "
        "inner join marts.dim_period as p on d.received_date between p.period_start and p.period_end group by all",
    ):
        mixes.setdefault((ancestor, period), Counter())[procedure] = count
    said = {row[:4]: row[4:] for row in rows_of(built, "select * from scoring.fct_peer_rank")}
    nearest = {key: row for key, row in said.items() if key[3] == "nearest"}
    assert len(said) > 20 and nearest

    def distance(one: Counter[str], other: Counter[str]) -> int:
        a, b = one.total(), other.total()
        overlap = sum(min(Fraction(one[p], a), Fraction(other[p], b)) for p in one)
        return 2_000_000 - half_up(overlap * 1_000_000) - half_up(Fraction(min(a, b), max(a, b)) * 1_000_000)

    def half_up(value: Fraction) -> int:
        return int(value + Fraction(1, 2))

    for unit, period, method, province, level, total, _ in standing:
        others = [row for row in standing if row[1:5] == (period, method, province, level) and row[0] != unit]
        mine = mixes[unit, period]
        ordered = sorted(others, key=lambda row: (distance(mine, mixes[row[0], row[1]]), row[0]))[:PEERS]
        if not ordered:
            assert (unit, period, method, "nearest") not in nearest
            continue
        value, rank, count = nearest[unit, period, method, "nearest"]
        assert value == ",".join(row[0] for row in ordered)
        assert (rank, count) == (1 + sum(row[5] > total for row in ordered), 1 + len(ordered))


PEERS = 10


def test_classes_and_kinds_rank_within_themselves(built: Built) -> None:
    found = rows_of(
        built,
        "select peer_group, count(*), count(*) filter (where rank between 1 and ranked_units) "
        "from scoring.fct_peer_rank group by 1 order by 1",
    )
    assert [row[0] for row in found] == ["kind", "nearest", "volume"]
    assert all(row[1] == row[2] for row in found)
    expected = rows_of(
        built,
        "select r.unit_code, r.period_id, r.method, 1 + count(o.unit_code) from scoring.fct_ranking as r "
        "inner join marts.dim_period as p on r.period_id = p.period_id and p.period_series is not null "
        "left join scoring.fct_ranking as o on r.period_id = o.period_id and r.method = o.method "
        "and r.ranked_level = o.ranked_level and r.province_code = o.province_code and o.rank is not null "
        "and o.total > r.total and (r.dossiers >= 12) = (o.dossiers >= 12) "
        "where r.rank is not null group by all order by all",
    )
    said = rows_of(
        built,
        "select unit_code, period_id, method, rank from scoring.fct_peer_rank where peer_group = 'volume' order by all",
    )
    assert said == expected
    assert registry_rows()["reg_volume_classes"][1]["lower_bound"] == 12
