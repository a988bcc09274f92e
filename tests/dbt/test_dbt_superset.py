"""Our dashboards in a real Superset, opened in a real browser, over what a build served."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt_warehouse import Built
from playwright.sync_api import Page

from cchc.bi.superset import NOBODY, write_bundle
from cchc.errors import BuildError
from cchc.serve.shape import served_name
from support.browser import chromium
from support.ports import free_port
from support.surroundings import clean_environment

ROOT = Path(__file__).resolve().parents[2]


def parts(bundle: Path) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(bundle) as packed:
        return {name.removeprefix("cchc/"): yaml.safe_load(packed.read(name)) for name in packed.namelist()}


@pytest.fixture(scope="module")
def bundle(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "dashboards.zip"
    write_bundle(built.settings.dbt_target, path)
    return path


def test_the_same_models_give_the_same_bytes_and_no_password(bundle: Path, built: Built, tmp_path: Path) -> None:
    write_bundle(built.settings.dbt_target, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()
    assert parts(bundle)["databases/cchc.yaml"]["sqlalchemy_uri"] == NOBODY


def test_every_chart_stands_on_a_dashboard_and_shows_what_is_there(bundle: Path) -> None:
    found = parts(bundle)
    charts = {each["uuid"]: each for name, each in found.items() if name.startswith("charts/")}
    placed = [
        box["meta"]["uuid"]
        for name, each in found.items()
        if name.startswith("dashboards/")
        for box in each["position"].values()
        if isinstance(box, dict) and box["type"] == "CHART"
    ]
    assert sorted(placed) == sorted(charts)
    for each in (each for name, each in found.items() if name.startswith("datasets/")):
        labels = [column["verbose_name"] for column in each["columns"]]
        assert all(labels) and all(" · " in column["description"] for column in each["columns"])
        assert each["description"]


def test_an_exposure_names_what_its_dashboard_reads(bundle: Path, built: Built) -> None:
    found = parts(bundle)
    manifest = json.loads((built.settings.dbt_target / "manifest.json").read_bytes())
    tables = {each["uuid"]: each["table_name"] for name, each in found.items() if name.startswith("datasets/")}
    reads = {each["uuid"]: tables[each["dataset_uuid"]] for name, each in found.items() if name.startswith("charts/")}
    for dashboard in ("ranking", "delivery_board", "unit_progress", "map"):
        boxes = found[f"dashboards/cchc-{dashboard.replace('_', '-')}.yaml"]["position"].values()
        read = {reads[box["meta"]["uuid"]] for box in boxes if isinstance(box, dict) and box["type"] == "CHART"}
        named = manifest["exposures"][f"exposure.cchc.superset_{dashboard}"]["depends_on"]["nodes"]
        assert read == {served_name(node.rpartition(".")[2]) for node in named}


def test_the_label_above_a_column_says_one_thing(bundle: Path) -> None:
    """Two columns of a table that a reader can't tell apart are as good as none."""
    for name, each in parts(bundle).items():
        if name.startswith("datasets/"):
            labels = [column["verbose_name"] for column in each["columns"] if column["column_name"] != "unit"]
            assert len(labels) == len(set(labels)), name


@pytest.mark.parametrize("wrong", ["column", "metric"])
def test_a_chart_of_what_is_not_there_is_told(wrong: str, built: Built, tmp_path: Path, monkeypatch: Any) -> None:
    plan = (ROOT / "include" / "cchc" / "bi" / "superset.yaml").read_text("utf-8")
    old, new = {"column": ("raw: [rank,", "raw: [rnak,"), "metric": ("[mean_score]", "[men_score]")}[wrong]
    (tmp_path / "superset.yaml").write_text(plan.replace(old, new), "utf-8")
    monkeypatch.setattr("cchc.bi.superset.files", lambda _: tmp_path)
    with pytest.raises(BuildError, match=rf"superset.yaml, chart \w+: {wrong} r?n?m?e?\w+: there is none; these are"):
        write_bundle(built.settings.dbt_target, tmp_path / "out.zip")


@pytest.fixture(scope="module")
def superset(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """``make superset`` on a free port: its address, and its folder."""
    workdir = tmp_path_factory.mktemp("superset")
    (workdir / "serve").symlink_to(built.settings.served_path.parent)
    (workdir / "dbt").symlink_to(built.settings.dbt_target.parent)
    subprocess.run(["make", "--silent", ".superset/.installed"], cwd=ROOT, check=True, env=clean_environment())
    port = free_port()
    env = clean_environment() | {"CCHC_WORKDIR": str(workdir), "SUPERSET_PORT": port}
    script = [sys.executable, ROOT / "scripts" / "superset_env.py", "serve"]
    with (workdir / "log").open("wb") as log:
        process = subprocess.Popen(script, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        end = time.monotonic() + 400
        while True:
            assert process.poll() is None and time.monotonic() < end, (workdir / "log").read_text()[-3000:]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60)
                break
            except OSError:
                time.sleep(1)
        yield f"http://127.0.0.1:{port}", workdir / "superset"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


@pytest.fixture(scope="module")
def page(superset: tuple[str, Path]) -> Iterator[Page]:
    url, home = superset
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1600})
        page.set_default_timeout(120_000)
        page.goto(f"{url}/login/")
        page.locator("input[type=text], #username").first.fill("admin")
        page.locator("input[type=password]").fill((home / "admin_password").read_text("utf-8"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/superset/welcome/**")
        yield page


@pytest.mark.parametrize(
    ("dashboard", "charts", "shows"),
    [
        ("ranking", 4, "Unit X1.101"),
        ("delivery-board", 6, "Tình trạng tệp theo ngày"),
        ("unit-progress", 4, "Hồ sơ theo tháng"),
        ("map", 3, "Tỷ lệ của từng chỉ số và đơn vị"),
    ],
)
def test_a_dashboard_draws_all_its_charts(
    dashboard: str, charts: int, shows: str, page: Page, superset: tuple[str, Path]
) -> None:
    answers: list[int] = []
    page.on("response", lambda each: answers.append(each.status) if "/api/v1/chart/data" in each.url else None)
    page.goto(f"{superset[0]}/superset/dashboard/cchc-{dashboard}/")
    page.get_by_text(shows).first.wait_for()
    drawn = page.locator(".dashboard-chart .chart-container:not(:has(.loading))")
    end = time.monotonic() + 120
    while drawn.count() < charts or len(answers) < charts:
        assert time.monotonic() < end, (drawn.count(), answers)
        page.wait_for_timeout(250)
    assert set(answers) <= {200, 202}
    assert page.get_by_text(re.compile("error|lỗi", re.IGNORECASE)).count() == 0


def test_the_ranking_is_that_of_the_warehouse(page: Page, superset: tuple[str, Path], built: Built) -> None:
    with duckdb.connect(str(built.settings.served_path), read_only=True) as served:
        wanted = served.execute(
            "select rank::varchar, unit_name, total::double from current_ranking_v1 where rank is not null"
        ).fetchall()
    page.goto(f"{superset[0]}/superset/dashboard/cchc-ranking/")
    rows = page.locator(".dashboard-chart table tbody tr")
    rows.first.wait_for()
    shown = [row.locator("td").all_inner_texts() for row in rows.all()]
    found = [(rank, unit, float(total)) for rank, unit, total, *_ in shown if rank.isdecimal()]
    assert len(wanted) > 1
    assert sorted(found) == sorted(wanted)


def test_keys_and_passwords_are_nobody_elses_and_the_bundle_with_the_readers_is_gone(
    superset: tuple[str, Path],
) -> None:
    home = superset[1]
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o077 for path in home.iterdir() if path.stat().st_mode & 0o077} == {}
    assert not (home / "dashboards.zip").exists()
