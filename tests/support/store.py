"""An object store of one test process: moto's server, which speaks as Amazon's does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cchc.shelf import place_of
from support.ports import free_port


@contextmanager
def object_store() -> Iterator[str]:
    """Its address, while it runs."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while True:
                assert server.poll() is None, "moto's server did not start"
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5).close()
                    break
                except urllib.error.URLError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def new_bucket(address: str, patch: pytest.MonkeyPatch, **versioning: Any) -> str:
    """The URL of an empty place in a bucket of its own; this process and its children find it by the variables."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in (
        ("AWS_ENDPOINT_URL", address),
        ("AWS_ACCESS_KEY_ID", "made-up"),
        ("AWS_SECRET_ACCESS_KEY", "as-well"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        patch.setenv(name, value)
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    fs: Any = place_of(f"s3://{bucket}/cchc").fs  # type: ignore[union-attr]
    fs.call_s3("create_bucket", Bucket=bucket)
    if versioning:
        fs.call_s3("put_bucket_versioning", Bucket=bucket, VersioningConfiguration=versioning)
    return f"s3://{bucket}/cchc"
