import json
import logging
import re
from pathlib import Path

import pytest
from publish_world import HOSTILE

from cchc.publish import publish_pages
from cchc.publish.pages import embed, strings, write_whole
from cchc.settings import Settings

STATIC = Path(__file__).resolve().parents[2] / "include" / "cchc" / "publish"


def test_a_page_for_each_period_and_a_start_page(any_settings: Settings) -> None:
    heard: list[str] = []
    written = publish_pages(any_settings, progress=heard.append)
    assert [path.name for path in written] == ["2026-09.html", "2026-Q3.html", "index.html"] == heard
    start = written[-1].read_text(encoding="utf-8")
    assert 'href="2026-Q3.html"' in start
    assert 'href="2026-09.html"' in start
    assert not list(any_settings.reports.glob(".*"))


def test_the_log_says_pages_and_seconds(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cchc.publish")
    publish_pages(settings, ["2026-Q3"])
    written, summary = [record.getMessage() for record in caplog.records]
    assert written == "2026-Q3.html written"
    assert re.fullmatch(r"2 pages of 1 periods, \d+\.\d s", summary)


def test_only_the_periods_asked_for_and_nothing_pruned(settings: Settings) -> None:
    publish_pages(settings, ["month"])
    old = settings.reports / "2026-09.html"
    old.write_text("kept", encoding="utf-8")
    publish_pages(settings, ["2026-Q3"])
    assert old.read_text(encoding="utf-8") == "kept"
    assert {path.name for path in settings.reports.iterdir()} == {"index.html", "2026-09.html", "2026-Q3.html"}


def test_the_same_warehouse_gives_the_same_bytes(settings: Settings) -> None:
    (page, _) = publish_pages(settings, ["2026-Q3"])
    first = page.read_bytes()
    publish_pages(settings, ["2026-Q3"])
    assert page.read_bytes() == first


def test_no_name_can_leave_its_place(settings: Settings) -> None:
    (page, _) = publish_pages(settings, ["2026-Q3"])
    text = page.read_text(encoding="utf-8")
    assert "document.title='owned'</script>" not in text
    assert "<img" not in text
    assert len(re.findall(r"<script\b", text)) == len(re.findall(r"</script", text)) == 4
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert HOSTILE in [unit[1] for unit in json.loads(found[1])["units"]]


def test_pages_point_nowhere_outside(settings: Settings) -> None:
    for page in publish_pages(settings):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
        assert "default-src 'none'" in text


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "\u2028", "a&b"])
def test_embedded_json_is_the_same_json(text: str) -> None:
    markup = embed({"name": text})
    assert not set(markup) & set("<>&\u2028")
    assert json.loads(markup) == {"name": text}


def test_every_text_is_there_in_both_languages() -> None:
    texts = strings()
    assert all(set(text) == {"vi", "en"} and all(text.values()) for text in texts.values())
    for text in texts.values():
        assert set(re.findall(r"\{(\w+)\}", text["vi"])) == set(re.findall(r"\{(\w+)\}", text["en"]))
    used: set[str] = set()
    for path in [*STATIC.glob("static/*.js"), *STATIC.glob("templates/*.j2")]:
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'\bt\("([\w.]+)"[,)]', source))
        used |= set(re.findall(r'data-t(?:-label|-placeholder)?="([\w.]+)"', source))
        used |= {key for pair in re.findall(r't\([^"()]*\? "([\w.]+)" : "([\w.]+)"\)', source) for key in pair}
    assert len(used) > 80
    assert used <= set(texts)


def test_an_interrupted_write_leaves_the_old_page(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    write_whole(page, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(page, "new\ud800")
    assert page.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [page]
