"""What really arrives: mails of a real SMTP server, read as their reader would."""

from __future__ import annotations

import logging
import ssl
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner
from watch_office import CONTACTS, NEXT, Office, open_office
from watch_servers import Hook, Mails, certificate, mail_server, web_hook

from cchc.cli import app
from cchc.errors import TransientError
from cchc.pipeline.watching import once, watch
from cchc.watch import Unsent
from support.dossiers import dossier, record_2022

DATA, OPERATIONS = "dulieu@cchc.example.vn", "vanhanh@cchc.example.vn"
A, B = "dongthuan@xa.example.vn", "danhoa@xa.example.vn"
PASSWORD = "mật khẩu: @/%"


def words(mail: EmailMessage) -> str:
    return " ".join(mail.get_content().split())


def by_address(office: Office) -> dict[str, EmailMessage]:
    came = office.mails.take()
    assert len({address for address, _ in came}) == len(came), "one message each"
    return dict(came)


def test_who_what_since_how_many_what_to_do(office: Office) -> None:
    office.look(link="https://cchc.example.vn")
    came = by_address(office)
    assert set(came) == {DATA, A, B}
    said = words(came[DATA])
    assert came[DATA]["Subject"].startswith(
        "[CCHC] MỚI · NEW: Tệp thiếu hoặc bị từ chối, Một cửa điện tử tỉnh Quảng Trị"
    )
    assert "Ai: 2 đơn vị nêu dưới đây" in said and "Từ: 07/11/2026 01:00" in said
    assert "Bao nhiêu: 2 tệp: thiếu 1, bị từ chối 1" in said
    assert "- Phường Đồng Thuận (H50.101): bị từ chối hồ sơ 06/11 (JSON không hợp lệ, invalid_json)" in said
    assert "- Xã Dân Hóa (H50.105): thiếu hồ sơ 06/11" in said
    assert "Xem: cchc status --system mcdt-quangtri; https://cchc.example.vn" in said
    assert "How many: 2 files: 1 missing, 1 refused" in said and "What to do: If most units" in said
    assert came[DATA]["Auto-Submitted"] == "auto-generated"
    assert max(map(len, came[DATA].get_content().splitlines())) <= 96


def test_a_unit_hears_of_its_own_files_only(office: Office) -> None:
    office.look()
    came = by_address(office)
    assert "H50.105" not in words(came[A]) and "Dân Hóa" not in words(came[A])
    assert "H50.101" not in words(came[B]) and "Đồng Thuận" not in words(came[B])
    assert "Thông báo về dữ liệu đã gửi: Phường Đồng Thuận (H50.101)" in words(came[A])  # the note
    assert "JSON không hợp lệ (invalid_json): 1 tệp" in words(came[A])
    assert "- Còn thiếu, hồ sơ (mcdt-quangtri): 06/11/2026." in words(came[B])
    assert [mail["To"] for mail in came.values()] == list(came)  # nobody sees another's address


def test_told_once_then_again_when_there_is_more_then_its_end(office: Office) -> None:
    office.look()
    first = by_address(office)
    for _ in range(3):
        office.look()
    assert office.mails.take() == []
    third = NEXT + timedelta(1)
    office.deliver("H50.101", third)
    office.ingest()
    office.now = datetime(2026, 11, 8, 8, 0)
    office.ran(datetime(2026, 11, 8, 1, 30))
    office.look()
    second = by_address(office)
    assert set(second) == {DATA, B}
    assert "THAY ĐỔI" in second[DATA]["Subject"]
    assert "Bao nhiêu: 3 tệp: thiếu 2, bị từ chối 1 (trong đó mới: 1)" in words(second[DATA])
    assert second[DATA]["References"] == first[DATA]["References"]
    assert second[DATA]["Message-ID"] != first[DATA]["Message-ID"]
    for unit, day in (("H50.101", NEXT), ("H50.105", NEXT), ("H50.105", third)):
        office.deliver(unit, day)
    office.ingest()
    office.look()
    last = by_address(office)
    assert set(last) == {DATA, A, B}
    for mail in last.values():
        assert "[CCHC] ĐÃ HẾT · OVER: " in mail["Subject"]
    assert "Đã báo lúc: 07/11/2026 08:15" in words(last[DATA])
    office.look()
    assert office.mails.take() == []


def test_some_of_it_mended_is_no_message(office: Office) -> None:
    office.look()
    office.mails.take()
    office.deliver("H50.105", NEXT)
    office.ingest()
    office.look()
    assert set(by_address(office)) == {B}  # whose matter is over; the office's goes on


def test_nobody_is_accused_while_no_run_looked(office: Office) -> None:
    """A server that stood still: no file is missing, the run is."""
    office.deliver("H50.105", NEXT)
    office.deliver("H50.101", NEXT)
    office.deliver("H50.101", NEXT + timedelta(1))
    office.ingest()
    office.now = datetime(2026, 11, 8, 8, 0)  # the run of 01:30 did not take place
    office.look()
    came = by_address(office)
    assert set(came) == {OPERATIONS}
    assert "MỚI · NEW: Đã 30 giờ không có lượt lấy dữ liệu nào" in came[OPERATIONS]["Subject"]
    office.ran(office.now)
    office.look()
    came = by_address(office)
    assert "ĐÃ HẾT · OVER" in came[OPERATIONS]["Subject"]
    assert set(came) == {OPERATIONS, DATA, B}


def test_not_before_the_grace_is_over(office: Office) -> None:
    office.now = datetime(2026, 11, 7, 3, 40)
    office.look()
    assert office.mails.take() == []
    office.look(minutes=6)
    assert set(by_address(office)) == {DATA, A, B}


def test_a_first_start_says_nothing(tmp_path: Path, mails: Mails) -> None:
    office = open_office(tmp_path, mails)
    assert office.look().sent == [] and office.mails.take() == []


def test_held_rows_come_with_the_note_and_nobody_is_named(office: Office) -> None:
    import json

    from support.dossiers import envelope

    broken = json.loads(envelope([record_2022(dossier(), NgayHenTra="Nguyễn CANARY")])) | {"madonvi": "H50.105"}
    office.deliver("H50.105", NEXT - timedelta(1), json.dumps(broken, ensure_ascii=False).encode())
    office.ingest()
    office.look()
    came = by_address(office)
    assert "### Ngày không hợp lệ (bad_date)" in words(came[B])
    assert not any("CANARY" in mail.as_string() + words(mail) for mail in came.values())


# -- servers that are down, slow to believe, or not to be trusted --


def test_what_a_dead_server_did_not_take_the_next_look_sends(office: Office) -> None:
    with mail_server(Mails()) as other:
        gone = other.port
    found = office.look(smtp_port=gone)
    assert len(found.unsent) == 3 and found.sent == []
    assert office.look(smtp_port=gone).sent == []
    office.look()
    came = by_address(office)
    assert set(came) == {DATA, A, B}
    assert "lẽ ra được gửi từ 07/11/2026 08:15" in words(came[DATA])
    assert "was to be sent at 07/11/2026 08:15" in words(came[DATA])
    office.look()
    assert office.mails.take() == []


def test_an_end_that_was_not_taken_is_told_later(office: Office) -> None:
    office.look()
    office.mails.take()
    for unit in ("H50.101", "H50.105"):
        office.deliver(unit, NEXT)
    office.ingest()
    office.mails.busy = True
    assert len(office.look().unsent) == 3
    office.mails.busy = False
    office.look()
    assert all("ĐÃ HẾT" in mail["Subject"] for mail in by_address(office).values())


def test_one_refused_address_holds_up_nobody(office: Office) -> None:
    office.mails.refuse = {A}
    found = office.look()
    assert set(by_address(office)) == {DATA, B}
    ((contact, why),) = found.unsent
    assert contact.unit == "H50.101" and "550" in why
    office.mails.refuse = set()
    office.look()
    assert set(by_address(office)) == {A}


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_encrypted_with_a_password_that_no_log_holds(
    security: str,
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    context, chain = certificate(tmp_path)
    login = {"smtp_security": security, "smtp_user": "kho", "smtp_password": PASSWORD}
    with mail_server(Mails(password=PASSWORD), context, security == "ssl") as safe:
        found = office.look(smtp_port=safe.port, **login)
        assert len(found.unsent) == 3 and safe.taken == []  # a certificate that nobody vouches for
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        wrong = office.look(smtp_port=safe.port, **(login | {"smtp_password": "falsch"}))
        assert len(wrong.unsent) == 3 and "535" in wrong.unsent[0][1]
        office.look(smtp_port=safe.port, **login)
        assert len(safe.taken) == 3 and (security == "ssl" or set(safe.encrypted) == {True})
        assert safe.logins[-1] == ("kho", PASSWORD)
    said = caplog.text + repr(replace(office.here.settings, **login)) + repr(found.unsent)
    assert PASSWORD not in said and "falsch" not in caplog.text


def test_no_password_over_an_open_line(office: Office) -> None:
    found = office.look(smtp_host="mail.example.vn", smtp_user="kho", smtp_password=PASSWORD)
    assert all("open line" in why for _, why in found.unsent) and len(found.unsent) == 3


def test_without_settings_of_mail_it_says_which(office: Office) -> None:
    found = office.look(smtp_host="")
    assert "CCHC_SMTP_HOST" in found.unsent[0][1]


# -- webhook -------------------------------------------------------


def test_a_webhook_takes_the_same_as_data(tmp_path: Path, mails: Mails, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cchc")
    with web_hook(Hook()) as hook:
        contacts = CONTACTS.splitlines()[0] + f"\nH50,operations,webhook,{hook.url},2026-01-01,\n"
        office = open_office(tmp_path, mails, contacts, webhook_token="tok3n")
        office.ran(
            datetime(2026, 11, 7, 1, 30), "failed", "build", error="model x: boom\nmore", error_kind="BuildError"
        )
        hook.status = 503
        found = office.look()
        assert found.unsent[0][1] == "webhook 127.0.0.1: answered 503"
        hook.status = 200
        office.look()
        office.look()
        ((headers, data),) = hook.taken
        assert headers["Authorization"] == "Bearer tok3n" and headers["Idempotency-Key"]
        assert (data["matter"], data["kind"], data["state"], data["count"]) == ("run:build", "build", "opened", 1)
        assert data["title"] == {"vi": "Dựng kho bị lỗi: cchc build", "en": "The build failed: cchc build"}
        assert "- model x: boom\n" in data["text"] and "more" not in data["text"].split("boom")[1][:10]
    assert "s3cret" not in caplog.text and "tok3n" not in caplog.text


# -- runs ----------------------------------------------------------


def test_a_failed_run_is_told_until_a_later_one_succeeds(office: Office) -> None:
    office.look()
    office.mails.take()
    failed = {"error": "no space left on the disk of /x; 17 MB needed", "error_kind": "MachineError"}
    office.ran(datetime(2026, 11, 7, 8, 10), "failed", "run", **failed)
    office.look()
    (mail,) = by_address(office).values()
    assert "MỚI · NEW: cchc run bị lỗi" in mail["Subject"] and "- no space left on the disk of /x" in words(mail)
    office.ran(office.now, "failed", "run", **(failed | {"error": failed["error"].replace("17", "18")}))
    office.look()
    assert office.mails.take() == []  # the same error, in other numbers
    office.ran(office.now, "failed", "run", error="1 of 2 units not reached", error_kind="ShareExceeded")
    office.look()
    (mail,) = by_address(office).values()
    assert "THAY ĐỔI · CHANGED: Quá nhiều đơn vị hoặc tệp bị lỗi" in mail["Subject"]
    assert "Từ: 07/11/2026 08:15" in words(mail)  # the first of the failures in a row
    office.ran(office.now, "finished", "run")
    office.look()
    (mail,) = by_address(office).values()
    assert "ĐÃ HẾT · OVER" in mail["Subject"] and "Lượt chạy sau đã ở dưới mức cho phép" in words(mail)


# -- the doors -----------------------------------------------------


def settings_in(monkeypatch: pytest.MonkeyPatch, office: Office, port: int | None = None) -> list[str]:
    monkeypatch.setenv("CCHC_REGISTRY", str(office.here.settings.registry))
    monkeypatch.setenv("CCHC_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("CCHC_SMTP_PORT", str(port or office.mails.port))
    monkeypatch.setenv("CCHC_SMTP_SECURITY", "none")
    monkeypatch.setenv("CCHC_MAIL_FROM", "kho@cchc.example.vn")
    monkeypatch.setenv("CCHC_DISK_SHARE", "0")  # whatever this machine's disk: a matter
    monkeypatch.setenv("CCHC_WORKDIR", str(office.here.settings.workdir))
    return ["watch", "--workdir", str(office.here.settings.workdir)]


def test_the_command_looks_shows_and_sends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    command = settings_in(monkeypatch, office)
    dry = CliRunner().invoke(app, [*command, "--dry-run"])
    assert dry.exit_code == 0 and office.mails.take() == []
    assert f"To: {OPERATIONS}" in dry.output and "Ổ đĩa sắp đầy" in dry.output
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and "disk" in done.output, done.output
    assert any("Ổ đĩa sắp đầy" in mail["Subject"] for to, mail in office.mails.take() if to == OPERATIONS)
    assert "Nothing new to tell." in CliRunner().invoke(app, command).output


def test_a_message_not_sent_is_an_error_and_the_orchestrator_hears_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(Mails()) as other:
        gone = other.port
    command = settings_in(monkeypatch, office, gone)
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, Unsent) and done.exception.exit_code == 1
    with pytest.raises(Unsent, match=f"mail server 127.0.0.1:{gone}: ConnectionRefusedError"):
        once()
    monkeypatch.setenv("CCHC_SMTP_PORT", str(office.mails.port))
    assert once()["sent"] >= 1


def test_a_series_goes_on_after_a_failed_look(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from cchc.cli import watching

    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise KeyboardInterrupt
        monkeypatch.setenv("CCHC_SMTP_PORT", str(office.mails.port))

    with mail_server(Mails()) as other:
        gone = other.port
    command = settings_in(monkeypatch, office, gone)
    monkeypatch.setattr(watching.time, "sleep", sleep)
    done = CliRunner().invoke(app, [*command, "--every", "15"])
    assert done.exit_code == 0 and slept == [900, 900]
    assert "error: " in done.output and "Stopped." in done.output


def test_two_looks_at_a_time_are_one(office: Office) -> None:
    from filelock import FileLock

    with FileLock(office.here.settings.workdir / ".watch.lock"), pytest.raises(TransientError, match="under way"):
        watch(office.here.settings, office.now)


def test_certificates_are_asked_for() -> None:
    assert ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED
