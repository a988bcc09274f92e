"""How a message leaves: by mail (SMTP) or webhook (HTTP POST of JSON). What returns was taken by the other side.

Neither an address of a webhook nor a password stands in an error or a log: both may be secrets.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import urlsplit

from cchc.errors import TransientError
from cchc.registry.contacts import Contact
from cchc.settings import Settings
from cchc.watch.messages import Message

SECONDS = 20
_HERE = ("localhost", "127.0.0.1", "::1")


class Unsent(TransientError):
    """A message that no server took: the next look sends it. Exit code 1."""


class Channels:
    """Sends messages of one look; a server that did not answer is not asked again in it. Close it at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._down: dict[str, Unsent] = {}

    def __enter__(self) -> Channels:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, contact: Contact, message: Message) -> None:
        """Hand over one message; raises ``Unsent`` where it was not taken."""
        if contact.channel == "webhook":
            self._post(contact, message)
        else:
            self._mail(contact, message)

    # -- mail ----------------------------------------------------------

    def _mail(self, contact: Contact, message: Message) -> None:
        try:
            server = self._server()
            server.send_message(_mail_of(contact.address, message, self._settings.mail_from))
        except smtplib.SMTPRecipientsRefused as refused:
            code = next((code for code, _ in refused.recipients.values()), 0)
            raise Unsent(f"{self._place}: the address of {contact.unit} ({contact.role}) is refused ({code})") from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()  # the next message begins with a server in a known state
            answer = getattr(error, "smtp_code", None)
            told = Unsent(f"{self._place}: {f'refused with {answer}' if answer else type(error).__name__}")
            if answer is None or isinstance(error, smtplib.SMTPAuthenticationError):
                self._down["smtp"] = told  # a password tried again and again locks the account
            raise told from None

    def _server(self) -> smtplib.SMTP:
        settings = self._settings
        if "smtp" in self._down:
            raise self._down["smtp"]
        if self._smtp is not None:
            return self._smtp
        if not settings.smtp_host or not settings.mail_from:
            raise Unsent("no mail is sent: CCHC_SMTP_HOST and CCHC_MAIL_FROM are not set, see docs/alerts.md")
        is_open = settings.smtp_security == "none" and settings.smtp_host not in _HERE
        if settings.smtp_user and is_open:
            raise Unsent("no password is sent over an open line: CCHC_SMTP_SECURITY has to be starttls or ssl")
        where = (settings.smtp_host, settings.smtp_port)
        if settings.smtp_security == "ssl":
            self._smtp = smtplib.SMTP_SSL(*where, timeout=SECONDS, context=ssl.create_default_context())
        else:
            self._smtp = smtplib.SMTP(*where, timeout=SECONDS)
        if settings.smtp_security == "starttls":
            self._smtp.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            _log_in(self._smtp, settings.smtp_user, settings.smtp_password)
        return self._smtp

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp = None

    @property
    def _place(self) -> str:
        return f"mail server {self._settings.smtp_host}:{self._settings.smtp_port}"

    # -- webhook -------------------------------------------------------

    def _post(self, contact: Contact, message: Message) -> None:
        import httpx

        host = urlsplit(contact.address).hostname or ""
        if host in self._down:
            raise self._down[host]
        token = self._settings.webhook_token
        headers = {"Idempotency-Key": message.reference} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            reply = httpx.post(contact.address, json=message.data, headers=headers, timeout=SECONDS)
        except httpx.HTTPError as error:
            self._down[host] = Unsent(f"webhook {host}: {type(error).__name__}")
            raise self._down[host] from None
        if not reply.is_success:
            raise Unsent(f"webhook {host}: answered {reply.status_code}")


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """``smtplib`` takes ASCII alone; a password of other letters is UTF-8 by RFC 4616."""
    if user.isascii() and password.isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    answer = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, _ = server.docmd("AUTH", f"PLAIN {answer}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, b"")


def _mail_of(address: str, message: Message, sender: str) -> MIMEText:
    """A mail that programs know as one written by a program, in a thread a matter.

    The header is made by ``Header``: the newer ``EmailMessage`` loses blanks where it folds a subject with accents.
    """
    name, mailbox = parseaddr(sender)
    domain = mailbox.rpartition("@")[2] or "localhost"
    mail = MIMEText(message.text, "plain", "utf-8")
    mail["From"], mail["To"] = formataddr((name, mailbox), "utf-8"), address
    mail["Subject"] = Header(" ".join(message.subject.split()), "utf-8", header_name="Subject").encode()
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message.reference}@{domain}>"
    mail["References"] = f"<{message.thread}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail
