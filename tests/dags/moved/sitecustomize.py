"""Loaded by every Python process that has this folder on its path: lives at the time that ``clock.Clock`` says."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import time_machine

FILE = Path(os.environ["CLOCK_FILE"])


def follow() -> None:
    """Move along when the file says another moment; a thread of its own in every process, also in forked ones."""
    said = FILE.read_text("ascii")
    clock = time_machine.travel(time.time() + float(said), tick=True).start()

    def watch() -> None:
        nonlocal said
        ended = threading.Event()  # never: the thread ends with its process
        while not ended.wait(0.5):
            if (text := FILE.read_text("ascii")) != said:
                said = text
                clock.move_to(time_machine.escape_hatch.time.time() + float(text))

    def start() -> None:
        threading.Thread(target=watch, daemon=True, name="clock").start()

    start()
    os.register_at_fork(after_in_child=start)


follow()
