"""How a message leaves: by mail (SMTP) or webhook (HTTP POST of JSON). What returns was taken by the other side.

Neither an address of a webhook nor a password stands in an error or a log: both may be secrets.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
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
        except smtplib.SMTPResponseException as error:
            self._hang_up()  # the next message begins with a server in a known state
            raise Unsent(f"{self._place}: refused with {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            self._down["smtp"] = Unsent(f"{self._place}: {type(error).__name__}")
            raise self._down["smtp"] from None

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
            self._smtp.login(settings.smtp_user, settings.smtp_password)
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


def _mail_of(address: str, message: Message, sender: str) -> EmailMessage:
    """A mail that programs know as one written by a program, in a thread a matter."""
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, address, message.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message.reference}@{domain}>"
    mail["References"] = f"<{message.thread}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="base64")
    return mail
