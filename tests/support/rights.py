"""Code run as a user who is bound to the rights of files, also where the tests run as root."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION = 0x20080522
_EVERY_FILE = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextmanager
def bound_to_rights() -> Iterator[None]:
    """Within it, this thread and those it starts are refused what the mode of a file refuses."""
    if os.geteuid():
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(_VERSION, 0)
    held = (ctypes.c_uint32 * 6)()
    assert libc.capget(head, held) == 0
    before = held[0]
    held[0] = before & ~_EVERY_FILE
    assert libc.capset(head, held) == 0
    try:
        yield
    finally:
        held[0] = before
        assert libc.capset(head, held) == 0


def bind_child() -> None:
    """The same for a whole program: hand it to ``subprocess`` as ``preexec_fn``."""
    if os.geteuid() == 0:
        for capability in (1, 2):
            assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP
