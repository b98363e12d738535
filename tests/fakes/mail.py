"""A mail server on this machine: keeps what it takes, and is as odd as a test wants."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from backend.kit.providers import SMTPS, STARTTLS, MailSettings

USER, PASSWORD = "goodfaith", "let me in"
TEXT = "."  # what is answered once the text is there
GREETING = "GREETING"
DROPPED = None


@dataclass
class MailServer:
    """Answers each verb as `answers` says, else as it should; DROPPED ends the connection.

    A key is a verb, TEXT, GREETING or a recipient's address.
    """

    port: int
    context: ssl.SSLContext
    is_implicit: bool
    offers: list[str] = field(default_factory=lambda: ["8BITMIME", "AUTH PLAIN", "STARTTLS"])
    answers: dict[str, str | None] = field(default_factory=dict)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    was_secure: list[bool] = field(default_factory=list)
    is_silent: bool = False
    drips: threading.Event = field(default_factory=threading.Event)

    def settings(self, **changes: object) -> MailSettings:
        values = {
            "host": "localhost",
            "port": self.port,
            "scheme": SMTPS if self.is_implicit else STARTTLS,
            "user": USER,
            "password": PASSWORD,
            "sender": "Goodfaith <news@lender.example>",
            "unsubscribe": "mailto:stop@lender.example",
        } | changes
        return MailSettings(**values)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(each, policy=default) for each in self.taken]


class _End(Exception):
    """The connection ends here."""


class _Talk:
    """One connection."""

    def __init__(self, server: MailServer, wire: socket.socket) -> None:
        self.server = server
        self.wire = wire
        self.is_secure = False
        self.sender = ""
        self.secure_if(wanted=server.is_implicit)

    def secure_if(self, *, wanted: bool) -> None:
        if wanted:
            self.wire = self.server.context.wrap_socket(self.wire, server_side=True)
            self.is_secure = True
        self.lines = self.wire.makefile("rb")

    def say(self, key: str, usual: str) -> bool:
        """Whether it answered as usual."""
        answer = self.server.answers.get(key, usual)
        if answer is DROPPED:
            raise _End
        self.wire.sendall(answer.encode() + b"\r\n")
        return answer == usual

    def run(self) -> None:
        if self.server.is_silent:
            # A byte now and then: no single wait is ever too long.
            while not self.server.drips.wait(0.1):
                self.wire.sendall(b"2")
            return
        self.say(GREETING, "220 here")
        while line := self.lines.readline():
            verb, _, rest = line.decode(errors="replace").rstrip("\r\n").partition(" ")
            getattr(self, f"on_{verb.lower()}", self.on_nonsense)(rest)

    def on_nonsense(self, _: str) -> None:
        self.say("", "500 5.5.2 what")

    def on_ehlo(self, _: str) -> None:
        offers = ["here", *self.server.offers]
        last = len(offers) - 1
        shown = [f"250{' ' if n == last else '-'}{each}" for n, each in enumerate(offers)]
        self.say("EHLO", "\r\n".join(shown))

    def on_helo(self, _: str) -> None:
        self.say("HELO", "250 here")

    def on_starttls(self, _: str) -> None:
        self.secure_if(wanted=self.say("STARTTLS", "220 go on"))

    def on_auth(self, rest: str) -> None:
        said = base64.b64decode(rest.split()[1]).split(b"\0")
        is_known = said[1:] == [USER.encode(), PASSWORD.encode()]
        self.say("AUTH", "235 2.7.0 welcome" if is_known else "535 5.7.8 who are you")

    def on_mail(self, rest: str) -> None:
        self.sender = rest
        self.say("MAIL", "250 2.1.0 ok")

    def on_rcpt(self, rest: str) -> None:
        address = rest.removeprefix("TO:<").partition(">")[0]
        key = address if address in self.server.answers else "RCPT"
        if self.say(key, "250 2.1.5 ok"):
            self.server.envelopes.append((self.sender, address))

    def on_data(self, _: str) -> None:
        if not self.say("DATA", "354 go on"):
            return
        text = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _End
            text.append(line.removeprefix(b"."))
        self.server.was_secure.append(self.is_secure)
        self.server.taken.append(b"".join(text))
        self.say(TEXT, "250 2.0.0 taken")

    def on_quit(self, _: str) -> None:
        self.say("QUIT", "221 bye")
        raise _End


def _serve(server: MailServer, listener: socket.socket) -> None:
    while True:
        try:
            wire, _ = listener.accept()
        except OSError:
            return
        # Whoever calls may hang up, or not trust us: that is what is tested.
        with suppress(OSError, _End):
            talk = None
            try:
                talk = _Talk(server, wire)
                talk.run()
            finally:
                if talk is not None:
                    talk.lines.close()
                    talk.wire.close()
                wire.close()


@contextmanager
def running_mail_server(certificate: Path, *, is_implicit: bool = False) -> Iterator[MailServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = MailServer(listener.getsockname()[1], context, is_implicit)
        thread = threading.Thread(target=_serve, args=(server, listener), daemon=True)
        thread.start()
        yield server
        server.drips.set()
        # Closing alone does not wake whoever accepts.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
