"""Exports behind an HTTP API that serves the contract's paths (section 1): listing, paging, 429 and 5xx."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
from tenacity import retry

from cchc.contracts import TIMEZONE
from cchc.errors import SourceError, TransientError
from cchc.extract.base import CHUNK, UNKNOWN, Listed
from cchc.extract.retry import POLICY

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MOST_PAGES = 1000


class HttpSource:
    """One root URL. Files are fingerprinted by ETag, else by Last-Modified and length, from a HEAD request.

    User and password of the URL go into a header: no message and no log holds them.
    """

    def __init__(self, root: str, client: httpx.Client | None = None) -> None:
        url = httpx.URL(root)
        login = (url.username, url.password) if url.userinfo else None
        self.root = (str(url.copy_with(userinfo=b"")) if login else root).rstrip("/")
        self.client = client or httpx.Client(
            timeout=TIMEOUT, follow_redirects=True, headers={"Accept-Encoding": "identity"}, auth=login
        )
        # at INFO it names every request, and what a redirect leads to may be signed
        logging.getLogger("httpx").setLevel(logging.WARNING)

    def folder(self, system: str, unit: str, day: date) -> list[Listed]:
        """Files of one delivery folder; see ``Source.folder``. Pages follow the header ``X-Next-Page``."""
        base = f"{self.root}/{quote(system)}/{quote(unit)}/{day.isoformat()}/"
        names: list[str] = []
        pages: set[str] = set()
        page: str | None = None
        while True:
            answer = self._get(base, {"page": page} if page else None)
            if answer is None:
                break
            listed = self._names(base, answer)
            names += [name for name in listed if name not in names]
            page = answer.headers.get("X-Next-Page")
            if not page:
                break
            if page in pages or len(pages) >= MOST_PAGES:
                raise SourceError(f"{base}: the listing has no last page")
            pages.add(page)
        return [self._head(name, base + quote(name, safe="")) for name in sorted(names)]

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """See ``Source.is_news``."""
        return fingerprint != known

    def read(self, location: str) -> Iterator[bytes]:
        """The bytes of one file; retried as a whole, so that no half file is handed on."""
        yield from self._download(location)

    @retry(**POLICY)
    def _download(self, location: str) -> list[bytes]:
        try:
            with self.client.stream("GET", location) as answer:
                self._check(answer, location)
                return list(answer.iter_raw(CHUNK))
        except httpx.HTTPError as error:
            raise _classed(error, location) from error

    @retry(**POLICY)
    def _get(self, url: str, params: dict[str, str] | None) -> httpx.Response | None:
        try:
            answer = self.client.get(url, params=params)
        except httpx.HTTPError as error:
            raise _classed(error, url) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None  # no folder: not delivered
        self._check(answer, url)
        return answer

    def look(self, listed: Listed) -> Listed | None:
        """See ``Source.look``."""
        seen = self._head(listed.name, listed.location)
        return None if seen.fingerprint.startswith(UNKNOWN) else seen

    def _head(self, name: str, url: str) -> Listed:
        """Fingerprint and arrival time. A server that answers no HEAD can't tell: fetch, and let the hash decide."""
        unknown = Listed(name, url, f"{UNKNOWN}{datetime.now(UTC).isoformat()}", None)
        try:
            answer = self.client.head(url)
        except httpx.HTTPError:
            return unknown
        if answer.status_code >= 400:
            return unknown
        changed = _http_date(answer.headers.get("Last-Modified"))
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if not mark:
            return unknown._replace(arrived_at=changed)
        # what a HEAD says of the length is not always that of the body: the body's own is checked while it comes
        return Listed(name, url, f"{answer.headers.get('Content-Length', '')}:{mark}", changed)

    @staticmethod
    def _names(url: str, answer: httpx.Response) -> list[str]:
        try:
            names = answer.json()
        except ValueError as error:
            raise TransientError(f"{url}: the listing is no JSON") from error
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise SourceError(f"{url}: the listing is no array of file names")
        return names

    @staticmethod
    def _check(answer: httpx.Response, url: str) -> None:
        code = answer.status_code
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= 500 or code == httpx.codes.REQUEST_TIMEOUT:
            raise TransientError(f"{url}: HTTP {code}", _seconds(answer.headers.get("Retry-After")))
        if code >= 400:
            reasons = {401: "no_permission", 403: "no_permission", 404: "went_away", 410: "went_away"}
            raise SourceError(f"{url}: HTTP {code}", reasons.get(code, "not_reached"))


def _classed(error: httpx.HTTPError, url: str) -> SourceError | TransientError:
    """A broken connection or body may do better next time; anything else (a circle of redirects) will not."""
    kind = TransientError if isinstance(error, (httpx.TransportError, httpx.DecodingError)) else SourceError
    return kind(f"{url}: {error!r}")


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    """``Retry-After``: seconds, or an HTTP date."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None
