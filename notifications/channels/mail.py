"""Mail by SMTP: one connection, one message and one recipient a call.

How far a call came decides what a break means: before the text was handed over nothing was sent,
after that nobody knows. Of a server's answer the codes are kept, never its words: those quote her
address.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from backend.kit import clock
from backend.kit.providers import SMTPS, STARTTLS, MailSettings
from notifications.channels.rules import Fate, Mail, Outcome

TIMEOUT_SECONDS = 10.0  # for each answer
DEADLINE_SECONDS = 30.0  # for all of them, as long as a connection stands
THREADS = 4

TEXT_WANTED = 354
TEMPORARY = range(400, 500)
PERMANENT = range(500, 600)
TAKEN = range(200, 300)
# What is permanent about a recipient: nobody is there [RFC 3463, 3.2 and 3.3].
NOBODY_THERE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
# The same without an enhanced code: no such mailbox, not here, no such name [RFC 5321, 4.2.3].
NO_MAILBOX = frozenset({550, 551, 553})
LOGIN_WANTED = frozenset({530, 535, 538})
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
_LINE_OF_A_DOT = re.compile(rb"(?m)^\.")


class _Client(smtplib.SMTP):
    """Of the standard library, with a certificate that is checked and an end to all waiting."""

    def __init__(
        self,
        settings: MailSettings,
        *,
        context: ssl.SSLContext,
        helo: str,
        timeout_seconds: float,
        deadline_seconds: float,
    ) -> None:
        self._context = context if settings.scheme == SMTPS else None
        self._deadline_seconds = deadline_seconds
        self._wire: socket.socket | None = None
        self._watch: threading.Timer | None = None
        super().__init__(settings.host, settings.port, local_hostname=helo, timeout=timeout_seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # The one place where the library connects; its own client of TLS takes it, too.
        sock = socket.create_connection((host, port), timeout)
        self._wire = sock.dup()
        self._watch = threading.Timer(self._deadline_seconds, self._cut)
        self._watch.daemon = True
        self._watch.start()
        if self._context is None:
            return sock
        try:
            return self._context.wrap_socket(sock, server_hostname=host)
        except OSError:
            self.close()
            raise

    def _cut(self) -> None:
        """End all waiting, whatever stands over the wire by now."""
        wire = self._wire
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection, and of the watch over it."""
        if self._watch is not None:
            self._watch.cancel()
        wire, self._wire = self._wire, None
        # What was taken stays taken, however the connection ends.
        with suppress(OSError):
            super().close()
        if wire is not None:
            wire.close()


class Smtp:
    """Hands mail to the lender's server; the same message has the same id at every try."""

    name = "smtp"
    threads = THREADS

    def __init__(
        self,
        settings: MailSettings,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._settings = settings
        self._timeout_seconds = timeout_seconds
        self._deadline_seconds = deadline_seconds
        self._context = ssl.create_default_context()
        name, _, address = settings.sender.rpartition("<")
        self._sender = address.rstrip(">")
        self._domain = self._sender.rpartition("@")[2]
        self._from = Address(name.strip(), addr_spec=self._sender)

    def prepare(self) -> Outcome | None:
        """It is found out by sending."""
        return None

    def send(self, message: Mail) -> Outcome:
        """Hand it over; what it answers to is the codes of the answers alone."""
        try:
            wire = self._written(message)
        except (ValueError, MessageError):
            return Outcome(Fate.REFUSED, code="UNWRITABLE")
        try:
            with self._connected() as client:
                return _hand_over(client, self._sender, message, wire)
        except (OSError, smtplib.SMTPException) as error:
            return _of_opening(error)

    def _written(self, message: Mail) -> bytes:
        """The message as it goes over the wire. Raises ValueError: a header may be one line."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._from
        mail["To"] = Address(addr_spec=message.address)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(clock.wall())
        mail["Message-ID"] = f"<{message.reference}@{self._domain}>"
        mail["Content-Language"] = message.locale
        mail["Auto-Submitted"] = "auto-generated"
        if message.may_be_switched_off:
            mail["List-Unsubscribe"] = f"<{self._settings.unsubscribe}>"
        # Seven bits: not every server on the way takes eight.
        mail.set_content(message.text, charset="utf-8", cte="quoted-printable")
        return mail.as_bytes()

    @contextmanager
    def _connected(self) -> Iterator[_Client]:
        settings = self._settings
        client = _Client(
            settings,
            context=self._context,
            helo=self._domain,
            timeout_seconds=self._timeout_seconds,
            deadline_seconds=self._deadline_seconds,
        )
        with closing(client):
            if settings.scheme == STARTTLS:
                client.starttls(context=self._context)
            if settings.user:
                client.login(settings.user, settings.password)
            else:
                client.ehlo_or_helo_if_needed()
            yield client
            with suppress(OSError, smtplib.SMTPException):
                client.quit()


def _hand_over(client: _Client, sender: str, mail: Mail, wire: bytes) -> Outcome:
    """Sender, recipient, text; the first that is not taken ends it."""
    refused = _address(client, sender, mail)
    if refused is not None:
        return refused
    try:
        client.send(_LINE_OF_A_DOT.sub(b"..", wire) + b".\r\n")
        code, said = client.getreply()
    except (OSError, smtplib.SMTPException):
        return Outcome(Fate.UNKNOWN, code="CUT_OFF")
    if code in TAKEN:
        return Outcome(Fate.ACCEPTED, provider_ref=mail.reference)
    if code in TEMPORARY or code in PERMANENT:
        return _of_text(code, said)
    return Outcome(Fate.UNKNOWN, code="ANSWER_UNREADABLE")


def _address(client: _Client, sender: str, mail: Mail) -> Outcome | None:
    """From whom and to whom; None when the text is wanted."""
    code, said = client.mail(sender)
    if code not in TAKEN:
        # The same for every message: it is our access.
        return _of_answer(code, said, refused=Fate.BROKEN)
    code, said = client.rcpt(mail.address)
    if code not in TAKEN:
        return _of_recipient(code, said)
    code, said = client.docmd("DATA")
    if code != TEXT_WANTED:
        return _of_answer(code, said, refused=Fate.REFUSED)
    return None


def _of_answer(code: int, said: bytes, *, refused: Fate) -> Outcome:
    """What is neither yes nor a lasting no is asked again."""
    return Outcome(refused if code in PERMANENT else Fate.LATER, code=_codes(code, said))


def _of_recipient(code: int, said: bytes) -> Outcome:
    enhanced = _enhanced(said)
    if code in LOGIN_WANTED:
        return _of_answer(code, said, refused=Fate.BROKEN)
    # A policy (5.7.1: no relaying, a bad name of ours) says nothing about the address.
    is_nobody = enhanced in NOBODY_THERE if enhanced else code in NO_MAILBOX
    return _of_answer(code, said, refused=Fate.GONE if is_nobody else Fate.REFUSED)


def _of_text(code: int, said: bytes) -> Outcome:
    is_nobody = _enhanced(said) in NOBODY_THERE
    return _of_answer(code, said, refused=Fate.GONE if is_nobody else Fate.REFUSED)


def _of_opening(error: OSError | smtplib.SMTPException) -> Outcome:
    """Nothing was handed over: later, or when somebody has seen to our access."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome(Fate.BROKEN, code="NOT_TRUSTED")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Outcome(Fate.BROKEN, code="NO_TLS")
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        said = said if isinstance(said, bytes) else str(said).encode()
        return _of_answer(error.smtp_code, said, refused=Fate.BROKEN)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Outcome(Fate.LATER, code="CUT_OFF")
    if isinstance(error, smtplib.SMTPException):
        # No TLS where it is wanted, no way to log in that both sides know.
        return Outcome(Fate.BROKEN, code="NOT_OFFERED")
    return Outcome(Fate.LATER, code="NOT_CONNECTED")


def _enhanced(said: bytes) -> str:
    found = _ENHANCED.match(said)
    return found[0].decode() if found else ""


def _codes(code: int, said: bytes) -> str:
    return f"{code} {_enhanced(said)}".strip()


def open_channel(settings: MailSettings) -> Smtp:
    """What `opening` asks this module for."""
    return Smtp(settings)
