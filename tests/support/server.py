"""A real HTTP server that serves the contract's paths, with the bad manners real ones have."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

#: What a trick answers: status, headers, body, and how many bytes Content-Length promises (None: the truth).
Answer = tuple[int, dict[str, str], bytes, int | None]


@dataclass
class Exports:
    """Files by path; tricks by ``<method> <path>``: called with the number of the request, None lets it pass."""

    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    tricks: dict[str, Callable[[int], Answer | None]] = field(default_factory=dict)
    page_size: int = 1000
    requests: Counter[str] = field(default_factory=Counter)
    logins: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, method: str, target: str) -> Answer:
        url = urlsplit(target)
        path = unquote(url.path).lstrip("/")
        name = f"{method} {path}"
        self.requests[name] += 1
        trick = self.tricks.get(name)
        if trick is not None and (odd := trick(self.requests[name])) is not None:
            return odd
        if path.endswith("/"):
            names = sorted(file[len(path) :] for file in self.files if file.startswith(path))
            names = [file for file in names if "/" not in file]
            if not names:
                return 404, {}, b"no such folder", None
            page = int(parse_qs(url.query).get("page", ["1"])[0])
            part = names[(page - 1) * self.page_size : page * self.page_size]
            more = {"X-Next-Page": str(page + 1)} if len(names) > page * self.page_size else {}
            return 200, {"Content-Type": "application/json", **more}, json.dumps(part).encode(), None
        if path not in self.files:
            return 404, {}, b"no such file", None
        return 200, self.headers.get(path, {}), self.files[path], None


@contextmanager
def serving(exports: Exports) -> Iterator[Exports]:
    """Serve on a free port of this machine; ``exports.url`` is the root."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if login := self.headers.get("Authorization", "").removeprefix("Basic "):
                exports.logins.add(base64.b64decode(login).decode())
            status, headers, body, promised = exports.answer(self.command, self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if promised is None else promised))
            if promised is not None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            if self.command != "HEAD":
                with suppress(ConnectionError):  # a client that gave up
                    self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    exports.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield exports
    finally:
        server.shutdown()
        server.server_close()
