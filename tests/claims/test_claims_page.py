"""The claims page: every claim in both languages, nothing from outside, nothing of a text acts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from cchc.claims import shipped, write_page
from cchc.claims.page import claims_page


@pytest.fixture(scope="module")
def page() -> str:
    return claims_page(shipped())


def test_every_claim_is_on_the_page_once(page: str) -> None:
    assert html.fromstring(page).xpath("//tbody/tr/@id") == [each.claim.id for each in shipped()]


def test_texts_stand_in_both_languages(page: str) -> None:
    tree = html.fromstring(page)
    spans = {lang: tree.xpath(f"//tbody//span[@class='{lang}']") for lang in ("vi", "en")}
    assert len(spans["vi"]) == len(spans["en"]) == 3 * len(shipped())
    assert all(span.text_content().strip() for found in spans.values() for span in found)


def test_the_page_asks_no_network_and_allows_no_other_script(page: str) -> None:
    tree = html.fromstring(page)
    assert not tree.xpath("//*[@src] | //link | //iframe | //img")
    assert len(tree.xpath("//script")) == len(tree.xpath("//style")) == 1
    assert "default-src 'none'" in page and "unsafe" not in page
    assert all(link.startswith(("https://", "http://", "#")) for link in tree.xpath("//a/@href"))


def test_a_hostile_text_stays_text() -> None:
    judged = shipped()[0]
    bad = "</td><script>alert(1)</script>"
    claim = replace(judged.claim, stated_text=bad, source_title=bad, source_url="javascript:alert(1)", place=bad)
    page = claims_page([replace(judged, claim=claim)])
    assert len(html.fromstring(page).xpath("//script")) == 1 and "javascript:" not in page


def test_a_page_of_a_site_leads_back() -> None:
    crumb = html.fromstring(claims_page(shipped()[:1], home="index.html")).xpath("//a[@class='crumb']/@href")
    assert crumb == ["index.html"]


def test_the_same_claims_give_the_same_bytes(tmp_path: Path, page: str) -> None:
    path = write_page(tmp_path / "site" / "claims.html", shipped())
    assert path.read_text(encoding="utf-8") == page
