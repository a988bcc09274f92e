"""The site as files: every page of the list, every link, both copies, what stays and what is refused."""

from __future__ import annotations

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from publish_world import FORMULA, HOSTILE, METHOD
from site_world import Built
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError
from cchc.pipeline.publishing import publish_site
from cchc.site import Copy, write_site
from cchc.site.documents import DOCUMENTS
from cchc.site.pagelist import Per, pages, parse
from cchc.site.render import environment, number, words

NOW = f"H50/2026-09/{METHOD}/now"
R1 = f"H50/2026-09/{METHOD}/r1"
TEMPLATES = Path(__file__).parents[2] / "include" / "cchc" / "site" / "templates"
ATOM = "{http://www.w3.org/2005/Atom}"


class Links(HTMLParser):
    """Addresses that a page leads to, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.anchors.add(str(found["id"]))
        if (href := found.get("href") or found.get("src")) is not None:
            self.targets.append(href)


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


@pytest.fixture(params=["public", "office"])
def folder(request: pytest.FixtureRequest, built: Built) -> Path:
    found: Path = getattr(built, request.param)
    return found


def test_every_row_of_the_list_is_a_page(folder: Path) -> None:
    values = {"province": "H50", "period": "2026-09", "method": METHOD, "state": "now", "unit": "H50.101"}
    for row in pages():
        is_there = (folder / row.address.format(**values)).is_file()
        assert is_there == (row.template is not None), row.name
    for state in ("r1", "r2"):
        assert (folder / f"H50/2026-09/{METHOD}/{state}/H50.101.html").is_file()


def test_every_link_leads_somewhere_and_nothing_outside(folder: Path) -> None:
    seen = {path: Links(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    assert len(seen) > 30
    for path, links in seen.items():
        for target in links.targets:
            parts = urlsplit(target)
            assert not parts.scheme and not parts.netloc, f"{path}: {target}"
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert there.is_file(), f"{path.relative_to(folder)} leads to {target}"
            if parts.fragment and there in seen:
                assert parts.fragment in seen[there].anchors, f"{path.relative_to(folder)}: {target}"


def test_a_page_is_reached_from_the_start(folder: Path) -> None:
    reached, waiting = set(), [folder / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".html":
            continue
        reached.add(path)
        waiting += [
            (path.parent / urlsplit(target).path).resolve()
            for target in Links(path.read_text(encoding="utf-8")).targets
            if urlsplit(target).path
        ]
    assert reached == set(folder.rglob("*.html"))


def test_each_page_says_how_it_is_cited(built: Built) -> None:
    unit = text(built.public, f"{R1}/H50.101.html")
    sha256 = built.editions[0].manifest_sha256[:16]
    assert f"sha256 {sha256}" in unit
    assert f"Phường Đông Hà. Tháng 9/2026. {METHOD}. Bản công bố r1" in unit
    assert f"{R1}/H50.101.html" in unit
    assert "Theo số liệu hiện nay" in text(built.public, f"{NOW}/index.html")


def test_names_from_outside_stay_text(folder: Path) -> None:
    page = text(folder, f"{NOW}/index.html")
    assert "<img" not in page
    assert len(re.findall(r"<script\b", page)) == 1
    assert HOSTILE not in page
    assert "Nguyễn Thị &lt;Duyệt&gt;" in text(folder, f"{R1}/index.html")
    assert f"'{FORMULA}" in text(folder, f"{NOW}/ranking.csv").replace('""', '"')


def test_a_unit_page_has_its_scores_changes_history_quality(built: Built) -> None:
    page = text(built.office, f"{NOW}/H50.101.html")
    for said in ("27,16 / 42,00", "2–4", "kết quả thực hiện", "3,72", "Đọc được 20 trên 21", "Tháng 8/2026"):
        assert said in page
    assert "cchc trail --unit H50.101 --indicator PROCESSING_ON_TIME --period 2026-09" in page
    assert "H50.101-11" in page
    assert "cchc actions --unit H50.101 --period 2026-09" in page


def test_an_edition_says_the_same_whatever_the_warehouse_has_become(built: Built, tmp_path: Path) -> None:
    import shutil

    import duckdb

    from cchc.settings import Settings

    later = Settings(workdir=tmp_path, exports="")
    later.served_path.parent.mkdir()
    shutil.copy(built.settings.served_path, later.served_path)
    with duckdb.connect(str(later.served_path)) as connection:
        connection.execute("update ranking_v1 set total = total + 1, rank = 1")
        connection.execute("update unit_indicator_v1 set numerator = denominator, score = 0")
    write_site(later, built.registry, tmp_path / "office", Copy.OFFICE, editions=built.editions)
    pages_of = sorted((built.office / R1).iterdir())
    assert len(pages_of) > 20
    for path in pages_of:
        assert (tmp_path / "office" / R1 / path.name).read_bytes() == path.read_bytes(), path.name
    assert text(tmp_path / "office", f"{NOW}/index.html") != text(built.office, f"{NOW}/index.html")


def test_the_feed_is_atom_and_names_each_edition(folder: Path, built: Built) -> None:
    feed = ElementTree.fromstring(text(folder, "corrections.atom"))
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"urn:sha256:{each.manifest_sha256}" for each in reversed(built.editions)
    ], "the newest approval first"
    assert entries[0].findtext(f"{ATOM}updated") == "2026-10-21T08:00:00+07:00" == feed.findtext(f"{ATOM}updated")
    note = "Một tệp giao lại" in str(entries[0].findtext(f"{ATOM}summary"))
    assert note == (folder == built.office), "free text may name a case"


def test_the_map_says_that_it_has_no_boundaries(folder: Path) -> None:
    page = text(folder, f"{NOW}/map.html")
    assert "Danh mục không kèm ranh giới hành chính, nên đây là bản đồ ô" in page
    assert page.count('class="s') >= 7


def test_the_portal_page_has_counts_in_the_office_alone(built: Built) -> None:
    office, public = (text(each, "H50/2026-09/portal.html") for each in (built.office, built.public))
    assert "28 / 43" in office
    assert "28 / 43" not in public
    for page in (office, public):
        assert "xử lý trên hệ thống của bộ" in page
    assert "our_numerator" not in text(built.public, "H50/2026-09/portal.csv")


def test_a_page_of_another_room_is_linked_where_it_writes_one(built: Built, tmp_path: Path) -> None:
    heard: list[Copy] = []

    def claims(path: Path, copy: Copy) -> bool:
        heard.append(copy)
        path.write_text("<!DOCTYPE html><title>claims</title>", encoding="utf-8")
        return True

    fillers = {"claims": claims, "forms": lambda path, copy: False}
    write_site(built.settings, built.registry, tmp_path / "site", Copy.PUBLIC, ["2026-09"], fillers=fillers)
    assert heard == [Copy.PUBLIC]
    assert 'href="claims.html"' in text(tmp_path / "site", "index.html")
    assert "forms.html" not in text(tmp_path / "site", "index.html")
    assert "claims.html" not in text(built.public, "index.html")


def test_only_a_site_of_the_same_copy_is_replaced(built: Built, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(PermanentError, match="other things"):
        write_site(built.settings, built.registry, tmp_path / "letters")
    with pytest.raises(PermanentError, match="holds the office copy"):
        write_site(built.settings, built.registry, built.office, Copy.PUBLIC)
    write_site(built.settings, built.registry, tmp_path / "site", Copy.PUBLIC, ["2026-08"])
    found = write_site(built.settings, built.registry, tmp_path / "site", Copy.PUBLIC, ["2026-09"])
    assert not (tmp_path / "site" / "H50" / "2026-08").exists()
    assert found.pages == len(list((tmp_path / "site").rglob("*.html"))) + 1, "and the feed"
    assert json.loads(text(tmp_path / "site", "site.json"))["copy"] == "public"


def test_the_command_writes_a_copy_without_editions_that_do_not_verify(built: Built, tmp_path: Path) -> None:
    asked = ["publish", "site", "--out", str(tmp_path / "site"), "--workdir", str(built.settings.workdir)]
    done = CliRunner().invoke(app, [*asked, "--period", "2026-09"])
    assert done.exit_code == 0, done.output
    assert re.match(r"public copy: \d+ pages, \d+ tables, \d+ cells of counts not shown", done.output)
    assert (tmp_path / "site" / NOW / "index.html").is_file()
    assert not (tmp_path / "site" / R1).exists(), "its manifest has no hashes"
    again = CliRunner().invoke(app, [*asked, "--copy", "office"])
    assert isinstance(again.exception, PermanentError)
    assert "holds the public copy" in str(again.exception)


def test_the_office_copy_is_for_the_group_at_most(built: Built) -> None:
    for folder, of_file, of_folder in ((built.public, 0o644, 0o755), (built.office, 0o640, 0o750)):
        for path in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (of_folder if path.is_dir() else of_file), f"{path}: {mode:o}"


def test_the_site_of_postgresql_is_the_same(built: Built, tmp_path: Path, postgres_url: str) -> None:
    from publish_world import fill_postgres
    from standing_world import fill_coming, standing_world

    from cchc.settings import Settings

    fill_postgres(postgres_url, standing_world())
    settings = Settings(workdir=tmp_path, exports="", warehouse=postgres_url)
    fill_coming(settings)
    write_site(settings, built.registry, tmp_path / "public", Copy.PUBLIC, editions=built.editions)
    expected = {path.relative_to(built.public): path.read_bytes() for path in built.public.rglob("*.*")}
    found = {path.relative_to(tmp_path / "public"): path.read_bytes() for path in (tmp_path / "public").rglob("*.*")}
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_the_list_of_pages_holds_together() -> None:
    templates = set(environment().list_templates())
    for row in pages():
        assert row.title in words()
        if row.template is not None and row.document != "period":
            assert row.template in templates
            assert row.document in DOCUMENTS
    assert {row.document for row in pages()} - {None} == DOCUMENTS.keys() | {"period"}, "no document without a page"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([{"name": "a", "per": "site", "address": "a.html"}], "title"),
        ([{"name": "a", "per": "week", "address": "a.html", "title": "t"}], "week"),
        ([{"name": "a", "per": "site", "address": "a.html", "title": "t", "template": "x"}], "needs a document"),
        ([{"name": n, "per": "site", "address": "a.html", "title": "t"} for n in "ab"], "two rows"),
        ([{"name": "a", "per": "unit", "address": "a.html", "title": "t", "in_menu": True}], "menu"),
    ],
)
def test_a_wrong_row_is_named(rows: list[dict[str, object]], why: str) -> None:
    with pytest.raises(PermanentError, match=why):
        parse(rows)


def test_every_text_is_there_in_both_languages_and_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.j2"))
    used = set(re.findall(r'\b(?:say|vi)\(["\']([\w.]+)["\'][,)]', sources))
    assert used <= words().keys()
    for key, entry in words().items():
        assert set(entry) == {"vi", "en"} and all(entry.values()), key
        fields = [set(re.findall(r"\{(\w+)\}", entry[language])) for language in ("vi", "en")]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize(
    ("cell", "places", "said"),
    [
        ("1234.5", 2, "1.234,50"),
        ("1000000", None, "1.000.000"),
        ("0.5000", None, "0,5"),
        ("", 2, "–"),
        (None, None, "–"),
    ],
)
def test_numbers_as_vietnamese_write_them(cell: str | None, places: int | None, said: str) -> None:
    assert number(cell, places) == said


def test_there_is_one_page_a_unit_and_state() -> None:
    assert [row.name for row in pages() if row.per is Per.UNIT] == ["unit"]


def test_claims_for_everybody_and_the_last_form_for_the_office(built: Built, tmp_path: Path) -> None:
    for copy in Copy:
        publish_site(built.settings, tmp_path / copy, copy, ["2026-09"])
    for copy in Copy:
        assert 'href="claims.html"' in text(tmp_path / copy, "index.html")
        assert 'href="claims.csv"' in text(tmp_path / copy, "claims.html")
        assert len(text(tmp_path / copy, "claims.csv").splitlines()) > 170
    assert "II.06a" in text(tmp_path / "office", "forms.html")
    assert 'href="forms.html"' in text(tmp_path / "office", "index.html")
    assert not (tmp_path / "public" / "forms.html").exists()
    assert "forms.html" not in text(tmp_path / "public", "index.html")
