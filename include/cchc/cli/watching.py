"""``cchc watch`` on the terminal: one look, or a look every so many minutes."""

from __future__ import annotations

import time

from cchc.cli.progress import console, print_table
from cchc.errors import CchcError
from cchc.pipeline.watching import raise_unsent, watch
from cchc.settings import Settings
from cchc.watch import Look
from cchc.watch.look import drafts


def show_watch(settings: Settings, every: int | None, dry_run: bool) -> None:
    """Look once, or until Ctrl-C; a look that fails within a series is told, and the next one comes all the same."""
    while True:
        try:
            found = watch(settings, dry_run=dry_run)
            _show(found, dry_run)
            raise_unsent(found)
        except CchcError as error:
            if every is None:
                raise
            console.print(f"error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        if every is None:
            return
        try:
            time.sleep(60 * every)
        except KeyboardInterrupt:
            console.print("Stopped.")
            return


def _show(found: Look, dry_run: bool) -> None:
    if dry_run:
        for text in drafts(found):
            console.print(f"{text}\n{'-' * 40}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"{len(found.sent)} messages would be sent; nothing was sent or written.", highlight=False)
    elif found.sent:
        rows = [[c.unit, c.role, c.channel, m.data["state"], m.data["matter"]] for c, m in found.sent]
        print_table("Sent", ["unit", "role", "channel", "state", "matter"], rows)
    else:
        console.print("Nothing new to tell.")
    if not found.addressees:
        console.print("Nobody is told anything: contacts.csv of the registry has no row in force (docs/alerts.md).")
