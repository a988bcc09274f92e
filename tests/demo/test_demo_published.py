"""The rebuilt districts of 2023 add up to the published figures, counted from the files with pandas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cchc.demo.published import DISTRICTS
from cchc.demo.reconstruct import write_district
from cchc.demo.reference import Reference
from cchc.demo.sink import Sink
from cchc.registry.open import Registry


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("published")
    for district in DISTRICTS:
        write_district(Sink(folder), Reference.from_registry(registry, district.last), district, seed=3)
    yield folder


def _count(frame: pd.DataFrame, end: str) -> dict[str, Any]:
    """Counts over the latest row of each dossier; nothing may be late."""
    frame = frame.sort_values("day", kind="stable").drop_duplicates("code", keep="last")
    done = frame[frame.status.isin(["9", "10"])]
    running = frame[~frame.status.isin(["9", "10"])]
    assert (running.due > pd.Timestamp(end)).all()
    assert (done.finished <= done.due).all()
    assert (done.finished >= done.received).all()
    early = done.finished.dt.normalize() < done.due.dt.normalize()
    return {
        "received": len(frame),
        "resolved": len(done),
        "running": len(running),
        "early": int(early.sum()),
        "on_the_day": int((~early).sum()),
        "online": int(frame.online.sum()),
        "digitised": int(frame.digitised.sum()),
    }


def _both(frame: pd.DataFrame, desk: str, end: str) -> tuple[dict[str, Any], dict[str, Any]]:
    assert frame.day.max() == end[:10]
    return _count(frame[frame.unit == desk], end), _count(frame[frame.unit != desk], end)


def test_hai_lang_2023(root: Path, registry: Registry) -> None:
    frames = []
    for path in root.glob("motcua-hailang/*/*/dossiers.csv.gz"):
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
        frame.columns = pd.Index([registry.headings["A"][c.casefold()] for c in frame.columns])
        frames.append(frame.assign(day=path.parts[-2]))
    rows = pd.concat(frames, ignore_index=True)
    status = rows.status.str.casefold().map(registry.labels["status"])
    stamps = {c: pd.to_datetime(rows[f"{c}_at"], format="%d/%m/%Y %H:%M") for c in ("received", "due", "finished")}
    plain = pd.DataFrame(
        {
            "code": rows.dossier_code,
            "unit": rows.handling_unit,
            "day": rows.day,
            "status": status,
            "online": rows.channel == "Trực tuyến",
            "digitised": rows.has_digitised_parts == "Có",
            **stamps,
        }
    )
    desk, communes = _both(plain, "H50.D470", "2023-12-31 23:59:59")
    assert (desk["received"], desk["resolved"], desk["running"], desk["online"]) == (1_297, 1_183, 114, 838)
    assert (communes["received"], communes["resolved"], communes["running"]) == (20_585, 20_544, 41)
    assert communes["online"] == 13_274
    assert desk["received"] + communes["received"] == 21_882
    assert desk["resolved"] + communes["resolved"] == 21_727
    assert desk["online"] + communes["online"] == 14_112


def test_giao_thuy_nine_months_2023(root: Path) -> None:
    rows = []
    for path in root.glob("motcua-giaothuy/*/*/dossiers.json"):
        for r in json.loads(path.read_bytes())["data"]:
            rows.append(
                {
                    "code": r["MaHoSo"],
                    "unit": r["DonViXuLy"],
                    "day": path.parts[-2],
                    "status": r["TrangThaiHoSo"],
                    "online": r["KenhThucHien"] == "2",
                    "digitised": r["HoSoCoThanhPhanSoHoa"] == "1",
                    "received": r["NgayTiepNhan"],
                    "due": r["NgayHenTra"],
                    "finished": r["NgayKetThucXuLy"],
                }
            )
    frame = pd.DataFrame(rows)
    for column in ("received", "due", "finished"):
        frame[column] = pd.to_datetime(frame[column].where(frame[column] != ""), format="%Y%m%d%H%M%S")
    desk, communes = _both(frame, "H40.D365", "2023-09-30 23:59:59")
    assert (desk["received"], desk["resolved"], desk["early"], desk["on_the_day"]) == (3_884, 3_839, 3_517, 322)
    assert desk["digitised"] == 2_670
    assert (communes["received"], communes["resolved"]) == (47_219, 47_149)
    assert (communes["early"], communes["on_the_day"]) == (35_998, 11_151)
    assert communes["digitised"] == 46_166
