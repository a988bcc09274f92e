"""Ports of this machine that nobody listens on."""

from __future__ import annotations

import socket


def free_port() -> str:
    """One on loopback, as text."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
