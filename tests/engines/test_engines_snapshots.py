"""The map of snapshots on a real PostgreSQL server, and queries that are asked at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cchc.engines.snapshots import Pinned, Snapshots, State, snapshots
from cchc.engines.spark import Spark
from cchc.errors import BuildError
from cchc.settings import Settings

STATE = State(
    {
        "ranking_v1": Pinned(11, "unit_code, total"),
        "unit_v1": Pinned(22, "unit_code"),
        "current_v1": Pinned(None, "unit_code", "select r.unit_code from pub.ranking_v1 as r"),
    }
)


@pytest.fixture
def kept(postgres_url: str, tmp_path: Path) -> Iterator[Snapshots]:
    settings = Settings(
        workdir=tmp_path, exports="", warehouse="spark://127.0.0.1:1/lake", warehouse_state=postgres_url
    )
    with snapshots(Spark(settings)) as found:
        yield found


def test_every_relation_is_asked_at_its_snapshot_and_nulls_come_last() -> None:
    asked = (
        "select r.unit_code, cast(? as varchar) from pub.ranking_v1 as r join pub.unit_v1 using (unit_code) order by 1"
    )
    assert STATE.pinned(asked) == (
        "SELECT r.unit_code, CAST(? AS STRING) FROM served.ranking_v1 VERSION AS OF 11 AS r "
        "JOIN served.unit_v1 VERSION AS OF 22 AS unit_v1 USING (unit_code) ORDER BY 1 NULLS LAST"
    )
    assert STATE.pinned("select c.unit_code from pub.current_v1 as c") == (
        "SELECT c.unit_code FROM (SELECT r.unit_code FROM served.ranking_v1 VERSION AS OF 11 AS r) AS c"
    )
    with pytest.raises(BuildError, match=r"does not publish this yet: pub\.nothing_v1"):
        STATE.pinned("select 1 from pub.nothing_v1")


def test_a_state_is_published_as_a_whole_and_follows_what_was_put_together(kept: Snapshots) -> None:
    assert kept.state().relations == {}
    with kept.alone():
        kept.publish(STATE)
    assert kept.state() == STATE
    kept.moved("ranking_v1", 11, 12)
    kept.moved("unit_v1", 21, 23)  # readers saw another one meanwhile
    assert kept.state().snapshots == {"ranking_v1": 12, "unit_v1": 22}


def test_a_state_that_can_not_be_written_whole_is_not_seen(kept: Snapshots) -> None:
    with kept.alone():
        kept.publish(STATE)
        broken = State({"ranking_v1": Pinned(99, "unit_code"), "unit_v1": Pinned(2**70, "unit_code")})
        with pytest.raises(Exception, match="out of range"):
            kept.publish(broken)
    assert kept.state() == STATE


def test_what_an_edition_names_is_kept_until_its_draft_is_written_anew(kept: Snapshots) -> None:
    with kept.alone():
        kept.keep("r1 aa", {"ranking_v1": 1}, "")
        kept.keep("r2 bb", {"ranking_v1": 2, "unit_v1": 7}, "")
        assert kept.kept() == {"ranking_v1": {1, 2}, "unit_v1": {7}}
        kept.keep("r2 cc", {"ranking_v1": 3}, "r2 bb")
        assert kept.kept() == {"ranking_v1": {1, 3}}
