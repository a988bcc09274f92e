"""A backup every day, for the service ``backup`` of docker-compose.yaml: ``cchc backup`` into a folder of the day.

``BACKUP_TO``: the folder of all backups; ``BACKUP_AT``: time of the day (Asia/Ho_Chi_Minh); ``BACKUP_KEEP``: how many
whole ones stay. One that was missed is made at the next start. With ``check``: whether the last one is there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from datetime import time as Clock
from pathlib import Path
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: A backup that failed is tried again after this, and one is late when it is not there after that.
AGAIN_SECONDS, LATE = 900, timedelta(hours=3)


def due(now: datetime, at: Clock) -> date:
    """The day whose backup should be there: today from ``at`` on, else yesterday."""
    return now.date() if now.time() >= at else now.date() - timedelta(days=1)


def whole(folder: Path) -> list[Path]:
    """Backups of a day that were finished, oldest first; anything else in the folder is not ours."""
    return sorted(each for each in folder.glob("*") if DAY.fullmatch(each.name) and (each / "manifest.json").is_file())


def back_up(folder: Path, day: date, keep: int) -> bool:
    """Make the backup of a day, then remove the oldest ones above ``keep``; whether it worked."""
    target = folder / day.isoformat()
    unfinished = folder / f".{day.isoformat()}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    done = subprocess.run([Path(sys.executable).with_name("cchc"), "backup", "--to", unfinished])
    if done.returncode:
        return False
    unfinished.rename(target)
    for old in whole(folder)[:-keep]:
        shutil.rmtree(old)
    return True


def main(arguments: list[str]) -> int:
    """Run until ended; with ``check``: 0 where the last due backup is there or not late yet."""
    folder, keep = Path(os.environ["BACKUP_TO"]), max(1, int(os.environ.get("BACKUP_KEEP", "14")))
    at = Clock.fromisoformat(os.environ.get("BACKUP_AT", "22:00"))
    zone = ZoneInfo(TIMEZONE)
    if arguments == ["check"]:
        wanted = due(datetime.now(zone) - LATE, at).isoformat()
        return 0 if any(each.name >= wanted for each in whole(folder)) else 1
    while True:
        day = due(datetime.now(zone), at)
        failed = day.isoformat() not in {each.name for each in whole(folder)} and not back_up(folder, day, keep)
        time.sleep(AGAIN_SECONDS if failed else 60)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
