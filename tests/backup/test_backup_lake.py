"""What a backup can not hold is said before anything is copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from cchc.backup.take import take
from cchc.errors import PermanentError
from cchc.settings import Settings


def test_a_lake_is_refused_before_anything_is_copied(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    settings = Settings(
        workdir=tmp_path / "var", exports="", warehouse="spark://h:1/lake", warehouse_state="postgresql://h/s"
    )
    with pytest.raises(PermanentError, match="copies no lake"):
        take(settings, tmp_path / "copy")
    assert not any(each.is_file() for each in (tmp_path / "copy").rglob("*"))
