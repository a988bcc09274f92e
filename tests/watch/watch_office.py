"""A small installation with two communes, and the mail server that its messages go to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from watch_servers import Mails

from cchc.ledger import tables as t
from cchc.pipeline.watching import watch
from cchc.registry.open import open_registry
from cchc.watch import Look
from support.dossiers import dossier, envelope, record_2022
from support.world import DAY, World, world

SYSTEM = """\
code: mcdt-quangtri
name_vi: Một cửa điện tử tỉnh Quảng Trị
name_en: Electronic one-stop system of Quảng Trị
valid_from: 2025-07-01
datasets:
  - {dataset: dossiers, dialect: dvcqg2022, ext: json, units: [H50.101, H50.105]}
"""
CONTACTS = """\
unit,role,channel,address,valid_from,valid_to
H50,operations,email,vanhanh@cchc.example.vn,2026-01-01,
H50,data,email,dulieu@cchc.example.vn,2026-01-01,
H50.101,unit,email,dongthuan@xa.example.vn,2026-01-01,
H50.105,unit,email,danhoa@xa.example.vn,2026-01-01,
"""
NEXT = DAY + timedelta(1)


@dataclass
class Office:
    """A small installation with two communes, the clock in hand, and the mail server that its messages go to."""

    here: World
    mails: Mails
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 7, 8, 0))

    def deliver(self, unit: str, day: date, content: bytes | None = None) -> None:
        if content is None:
            file = json.loads(envelope([record_2022(dossier(dossier_code=f"{unit}-2611{day:%d}-0001"))]))
            content = json.dumps(file | {"madonvi": unit}, ensure_ascii=False).encode()
        path = self.here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", content, day)
        # in time, whatever this machine's clock says
        at = datetime(day.year, day.month, day.day, 20).timestamp()
        os.utime(path, (at, at))

    def ran(self, at: datetime, outcome: str = "finished", command: str = "ingest", **summary: Any) -> None:
        """A run that ended, at a moment of our own."""
        row = {"command": command, "started_at": at, "finished_at": at + timedelta(minutes=5), "outcome": outcome}
        with self.here.ledger.engine.begin() as connection:
            connection.execute(sa.insert(t.run).values(**row, summary=json.dumps(summary)))

    def ingest(self) -> None:
        self.here.ingest(DAY, NEXT + timedelta(1))

    def look(self, minutes: int = 15, **changed: Any) -> Look:
        self.now += timedelta(minutes=minutes)
        return watch(replace(self.here.settings, **changed), self.now)


def open_office(folder: Path, mails: Mails, contacts: str = CONTACTS, **settings: Any) -> Office:
    """An office in a folder that sends to a mail server; ``contacts`` and settings to choose."""
    own = folder / "registry"
    (own / "systems").mkdir(parents=True, exist_ok=True)
    (own / "systems" / "mcdt-quangtri.yaml").write_text(SYSTEM, "utf-8")
    (own / "contacts.csv").write_text(contacts, "utf-8")
    made = world(folder, open_registry(own))
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mails.port, "smtp_security": "none", "mail_from": "kho@x.vn"}
    made.settings = replace(made.settings, registry=own, disk_share=1.0, **(mail | settings))
    return Office(made, mails)
