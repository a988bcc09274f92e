"""Exports behind a real HTTP server: listing, paging, errors that pass and errors that stay."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from cchc.errors import CchcError, PermanentError, SourceError, TransientError
from cchc.extract import HttpSource, open_source, retry
from cchc.extract.base import UNKNOWN
from support.server import Answer, Exports, serving

DAY = date(2026, 11, 5)
FOLDER = "pay-dvcqg/H50.101/2026-11-05/"
FILE = FOLDER + "payments.csv"
BYTES = b"MaGiaoDich\r\n" * 5000


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the policy would have waited, without the waiting."""
    waited: list[float] = []
    policy = retry.POLICY["wait"]

    def note(state: object) -> float:
        waited.append(policy(state))
        return 0.0

    for retried in (HttpSource._download, HttpSource._get):
        monkeypatch.setattr(retried.retry, "wait", note)
    return waited


@pytest.fixture
def exports() -> Iterator[Exports]:
    with serving(Exports({FILE: BYTES})) as served:
        yield served


def read(source: HttpSource, path: str = FILE) -> bytes:
    return b"".join(source.read(f"{source.root}/{path}"))


def times(count: int, answer: Answer) -> Callable[[int], Answer | None]:
    return lambda number: answer if number <= count else None


def test_the_root_chooses_the_source(exports: Exports) -> None:
    assert isinstance(open_source(exports.url), HttpSource)


def test_listing_and_bytes(exports: Exports) -> None:
    exports.headers[FILE] = {"ETag": '"1"', "Last-Modified": "Thu, 05 Nov 2026 17:30:00 GMT"}
    source = HttpSource(exports.url + "/")
    (listed,) = source.folder("pay-dvcqg", "H50.101", DAY)
    name, location, fingerprint, arrived = listed[:4]
    assert name == "payments.csv" and '"1"' in fingerprint and not fingerprint.startswith(UNKNOWN)
    assert arrived == datetime(2026, 11, 6, 0, 30)  # local time, without an offset
    assert b"".join(source.read(location)) == BYTES


def test_a_folder_that_is_not_there_is_not_delivered(exports: Exports) -> None:
    assert HttpSource(exports.url).folder("pay-dvcqg", "H50.102", DAY) == []
    assert exports.requests["GET pay-dvcqg/H50.102/2026-11-05/"] == 1


def test_paging(exports: Exports) -> None:
    exports.files = {f"{FOLDER}stray{number:02d}.tmp": b"" for number in range(24)} | {FILE: BYTES}
    exports.page_size = 7
    names = [name for name, *_ in HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)]
    assert len(names) == 25 and names == sorted(names) and "payments.csv" in names
    assert exports.requests[f"GET {FOLDER}"] == 4


def test_a_listing_without_a_last_page(exports: Exports) -> None:
    exports.tricks[f"GET {FOLDER}"] = lambda _: (200, {"X-Next-Page": "2"}, b'["payments.csv"]', None)
    with pytest.raises(SourceError, match="no last page"):
        HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)
    assert exports.requests[f"GET {FOLDER}"] == 2


def test_names_that_need_escaping(exports: Exports) -> None:
    odd = ["..%2F..%2Fdossiers.json", "=dossiers;x.csv", "hồ sơ?.csv", "a#b.csv"]
    exports.files |= {FOLDER + name: name.encode() for name in odd}
    source = HttpSource(exports.url)
    for name, location, *_ in source.folder("pay-dvcqg", "H50.101", DAY):
        if name in odd:
            assert b"".join(source.read(location)) == name.encode()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_busy_server_is_asked_again(status: int, exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = times(3, (status, {}, b"busy", None))
    assert read(HttpSource(exports.url)) == BYTES
    assert exports.requests[f"GET {FILE}"] == 4
    assert len(waits) == 3 and all(0 < wait <= retry.LONGEST_WAIT_SECONDS for wait in waits)


def test_the_listing_is_asked_again_too(exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FOLDER}"] = times(2, (503, {}, b"", None))
    assert len(HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)) == 1
    assert len(waits) == 2


def test_retries_are_bounded(exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = lambda _: (503, {}, b"", None)
    with pytest.raises(TransientError):
        read(HttpSource(exports.url))
    assert exports.requests[f"GET {FILE}"] == retry.ATTEMPTS


def test_retry_after_in_seconds(exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = times(1, (429, {"Retry-After": "7"}, b"", None))
    assert read(HttpSource(exports.url)) == BYTES
    assert waits == [7.0]


def test_retry_after_as_a_date(exports: Exports, waits: list[float]) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=20)
    exports.tricks[f"GET {FILE}"] = times(1, (429, {"Retry-After": format_datetime(moment, usegmt=True)}, b"", None))
    assert read(HttpSource(exports.url)) == BYTES
    assert len(waits) == 1 and 5 < waits[0] <= 21


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("86400", 60, 60),
        ("Thu, 05 Nov 2020 00:00:00 GMT", 0, 0),
        ("Thu, 05 Nov 2020 00:00:00 -0000", 0, 0),
        ("0", 0, 0),
        ("soon", 0.1, 60),
        ("-5", 0.1, 60),
        ("", 0.1, 60),
    ],
)
def test_odd_retry_after(text: str, least: float, most: float, exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = times(1, (503, {"Retry-After": text}, b"", None))
    assert read(HttpSource(exports.url)) == BYTES
    assert least <= waits[0] <= most


def test_a_body_shorter_than_promised_is_never_handed_on(exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = times(2, (200, {}, BYTES[:1000], len(BYTES)))
    assert read(HttpSource(exports.url)) == BYTES
    assert len(waits) == 2
    exports.tricks[f"GET {FILE}"] = lambda _: (200, {}, BYTES[:1000], len(BYTES))
    with pytest.raises(TransientError):
        read(HttpSource(exports.url))


def test_a_timeout_is_transient(exports: Exports, waits: list[float]) -> None:
    def late(number: int) -> Answer | None:
        time.sleep(0.6 if number == 1 else 0)
        return None

    exports.tricks[f"GET {FILE}"] = late
    with httpx.Client(timeout=0.3) as client:
        assert read(HttpSource(exports.url, client)) == BYTES
    assert len(waits) == 1


def test_a_server_that_is_not_there(waits: list[float]) -> None:
    source = HttpSource("http://127.0.0.1:9")
    with pytest.raises(TransientError):
        source.folder("pay-dvcqg", "H50.101", DAY)
    assert len(waits) <= retry.ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_refused_request_is_permanent(status: int, exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FILE}"] = lambda _: (status, {}, b"no", None)
    with pytest.raises(SourceError) as raised:
        read(HttpSource(exports.url))
    assert isinstance(raised.value, PermanentError) and not isinstance(raised.value, TransientError)
    assert exports.requests[f"GET {FILE}"] == 1 and waits == []


def test_a_refused_listing_is_permanent(exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FOLDER}"] = lambda _: (403, {}, b"no", None)
    with pytest.raises(SourceError):
        HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)
    assert waits == []


@pytest.mark.parametrize(
    ("body", "error"), [(b"<html>", TransientError), (b'{"a": 1}', SourceError), (b"[1, 2]", SourceError)]
)
def test_a_listing_that_is_none(body: bytes, error: type[CchcError], exports: Exports, waits: list[float]) -> None:
    exports.tricks[f"GET {FOLDER}"] = lambda _: (200, {}, body, None)
    with pytest.raises(error):
        HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)


def test_redirects_are_followed_but_not_in_circles(exports: Exports, waits: list[float]) -> None:
    exports.files["elsewhere"] = b"moved"
    exports.tricks[f"GET {FILE}"] = lambda _: (302, {"Location": "/elsewhere"}, b"", None)
    assert read(HttpSource(exports.url)) == b"moved"
    exports.tricks[f"GET {FILE}"] = lambda _: (302, {"Location": f"/{FILE}"}, b"", None)
    with pytest.raises(SourceError):
        read(HttpSource(exports.url))
    exports.tricks[f"GET {FOLDER}"] = lambda _: (302, {"Location": f"/{FOLDER}"}, b"", None)
    with pytest.raises(SourceError):
        HttpSource(exports.url).folder("pay-dvcqg", "H50.101", DAY)
    assert waits == []


@pytest.mark.parametrize(
    "answer",
    [(405, {}, b"", None), (503, {}, b"", None), (200, {}, b"", None), (302, {"Location": f"/{FILE}"}, b"", None)],
)
def test_a_server_that_cannot_say_what_changed(answer: Answer, exports: Exports) -> None:
    """Each look gives another fingerprint, so the file is fetched and its hash decides."""
    exports.tricks[f"HEAD {FILE}"] = lambda _: answer
    source = HttpSource(exports.url)
    marks = {source.folder("pay-dvcqg", "H50.101", DAY)[0][2] for _ in range(2)}
    assert len(marks) == 2 and all(mark.startswith(UNKNOWN) for mark in marks)


def test_bytes_are_taken_as_sent(exports: Exports) -> None:
    """A file that is gzip itself is not unpacked on the way."""
    import gzip

    packed = gzip.compress(BYTES)
    exports.files[FILE + ".gz"] = packed
    exports.headers[FILE + ".gz"] = {"Content-Encoding": "gzip"}
    assert read(HttpSource(exports.url), FILE + ".gz") == packed


def test_the_password_of_a_url_is_sent_and_never_said(exports: Exports, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = HttpSource(exports.url.replace("://", "://clerk:CANARY%40x@"))
    assert [name for name, *_ in source.folder("pay-dvcqg", "H50.101", DAY)] == ["payments.csv"]
    assert read(source) == BYTES
    assert exports.logins == {"clerk:CANARY@x"}
    exports.tricks[f"GET {FILE}"] = lambda _: (404, {}, b"", None)
    with pytest.raises(SourceError) as refused:
        read(source)
    assert "HTTP 404" in str(refused.value) and "CANARY" not in str(refused.value) + source.root + caplog.text
