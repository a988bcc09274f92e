"""Approve an edition: a named person answers for its bytes; when one changes, the approval is of something else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.editions.folder import Edition, editions_of, period_folders
from cchc.editions.sign import read_key, sealed
from cchc.errors import PermanentError
from cchc.settings import Settings
from cchc.shelf import Place, write
from cchc.verify import APPROVAL, canonical, verify


def approve(
    settings: Settings,
    releases: Place,
    period: str,
    by: str,
    method: str | None = None,
    province: str | None = None,
    note: str = "",
    seen: Sequence[str] = (),
) -> list[Edition]:
    """Approve the newest edition of a period, of every method and province there is (or of those named).

    ``seen``: hashes of the manifests that the person has seen, where that was not now; another one is refused, because
    nobody answers for what he did not see. What is approved already stays as it is. Raises ``PermanentError`` where
    there is none, where it does not verify, or where its period has not ended by the data's own last day.
    """
    if not by.strip():
        raise PermanentError("an approval needs the name of the person who answers for it (--by)")
    homes = [
        home
        for home in period_folders(releases)
        if home.name == period and province in (None, home.parent.name) and method in (None, home.parent.parent.name)
    ]
    newest = [found[-1] for home in homes if (found := editions_of(home))]
    if not newest:
        raise PermanentError(f"no edition of {period} in {releases}: cchc publish edition --period {period} makes one")
    for edition in newest:
        if seen and edition.manifest_sha256 not in seen:
            raise PermanentError(f"{edition.folder} was written anew after it was shown: look at it again")
    for edition in newest:
        if edition.approval is None:
            _approve(settings, edition, by.strip(), note)
    return newest


def _approve(settings: Settings, edition: Edition, by: str, note: str) -> None:
    if wrong := verify(edition.folder):
        raise PermanentError(f"{edition.folder} does not verify: {wrong[0]}")
    manifest = edition.manifest
    if manifest["state"] == "provisional":
        end, last = manifest["period"]["end"], manifest["data_as_of"]
        raise PermanentError(f"{edition.folder}: the period ends on {end}, and the data reach to {last} only")
    record = {
        "manifest_sha256": edition.manifest_sha256,
        "approved_by": by,
        "approved_at": datetime.now(ZoneInfo(TIMEZONE)).isoformat(timespec="seconds"),
        "state_when_approved": manifest["state"],
        "note": note,
    }
    approval = edition.folder / APPROVAL
    write(approval, canonical(sealed(record, read_key(settings.signing_key))))
    if isinstance(approval, Path):
        approval.chmod(settings.published_mode)
