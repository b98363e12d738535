"""Calls to addresses that somebody else named: one POST, bounded in where, how long and how much.

The name is looked up once, every address that it has is judged, and the connection is made to an
address that was judged, with the name kept for TLS and `Host`: another answer of the resolver a
moment later leads nowhere. No redirect is followed, and of the answer's body nothing is read unless
the caller asks for its beginning.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, cast
from urllib.parse import SplitResult

from backend.kit.addresses import Address, Network
from backend.kit.environment import split_address
from backend.kit.lookups import LookUps, NotBegunError, Resolve

URL_LENGTH_MAX = 2_000
PORTS = frozenset({443, 8443})
ANSWER_BYTES_MAX = 64 * 1024
DEADLINE_SECONDS = 5.0
# What the library takes for anybody's and is not.
SPECIAL = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # a cloud's answers to its own machines
            "192.0.0.0/24",  # protocols' own, and another cloud's
            "192.88.99.0/24",  # 6to4 relays, of old
            "2001::/23",  # protocols' own, Teredo among them
            "fec0::/10",  # site-local, of old
        ),
    )
)
# IPv4 addresses written in IPv6 by a translator [RFC 6052].
NAT64 = ip_network("64:ff9b::/96")
IPV4_MASK = 0xFFFF_FFFF


class Failure(StrEnum):
    """Why there was no answer."""

    URL_REFUSED = "url_refused"  # not an address of the kind that is called
    NOT_BEGUN = "not_begun"  # slow look-ups of other names left no room: nobody was asked
    NAME_UNKNOWN = "name_unknown"  # the name has no address, or nobody told in time
    ADDRESS_REFUSED = "address_refused"  # it leads where nothing may be called
    NOT_CONNECTED = "not_connected"
    NOT_TRUSTED = "not_trusted"  # no TLS with that name
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"  # the connection ended before an answer
    ANSWER_REFUSED = "answer_refused"  # too long, or no HTTP


class CallError(Exception):
    """There was no answer. Nothing of what the other side said is in it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True)
class Answer:
    """What is read of an answer."""

    status: int
    retry_after: str | None
    body: bytes = b""  # its beginning, as far as the caller wants it


@dataclass(frozen=True)
class Guard:
    """Where calls may go. `ports` None: to any; `is_demo`: also by http to this machine."""

    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] | None = PORTS
    may_use_http: bool = False

    def may_call(self, address: Address) -> bool:
        """Whether it is an address of the internet at large, or one that a setting allows."""
        inner = _inner(address)
        if any(inner in network for network in self.allowed):
            return True
        return _is_public(inner)


# Of addresses that stand in settings: who writes those may lead a process anywhere.
TRUSTING = Guard(allowed=(ip_network("0.0.0.0/0"), ip_network("::/0")), ports=None)


def _inner(address: Address) -> Address:
    """The address that is reached in the end, where one is written inside another."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & IPV4_MASK)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    is_ordinary = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_ordinary and not any(address in network for network in SPECIAL)


def find_url_fault(url: str, guard: Guard) -> str | None:
    """What is wrong with an address before anybody looks its name up, or None."""
    if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
        return f"Must be an address of at most {URL_LENGTH_MAX} printable ASCII characters."
    parts = split_address(url)
    schemes = ("https", "http") if guard.may_use_http else ("https",)
    if parts is None or parts.scheme not in schemes:
        return "Must be an https:// address, without a name or password in it."
    if parts.fragment or "\\" in url:
        return "Must not have a fragment or a backslash."
    if guard.ports is not None and _port_of(parts) not in guard.ports:
        return f"Must have one of these ports: {', '.join(map(str, sorted(guard.ports)))}."
    literal = _read_address(str(parts.hostname))
    if literal is not None and not guard.may_call(literal):
        return "Leads to an address that is not called."
    return None


def _port_of(parts: SplitResult) -> int:
    if parts.port is not None:
        return parts.port
    return http.client.HTTPS_PORT if parts.scheme == "https" else http.client.HTTP_PORT


def _read_address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def look_up(host: str, port: int) -> Sequence[str]:
    """The host's addresses, as this machine's resolver tells them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Caller:
    """Calls out from one process. `resolve` stands where the process ends."""

    def __init__(
        self,
        guard: Guard,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        resolve: Resolve = look_up,
    ) -> None:
        self.guard = guard
        self.deadline_seconds = deadline_seconds
        # A resolver may take longer than a call: it is asked by a thread that can be left behind.
        self._look_ups = LookUps(resolve)
        self._tls = ssl.create_default_context()

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str], keep: int = 0) -> Answer:
        """One call; `keep` bytes of the answer are read at most.

        Raises CallError, after `deadline_seconds` at the latest.
        """
        if find_url_fault(url, self.guard) is not None:
            raise CallError(Failure.URL_REFUSED)
        parts = cast(SplitResult, split_address(url))
        ends_at = time.monotonic() + self.deadline_seconds
        addresses = self._find_addresses(str(parts.hostname), _port_of(parts), ends_at)
        try:
            with closing(_connect(addresses, _port_of(parts), ends_at)) as plain:
                secured = self._secure(plain, parts, ends_at)
                with closing(secured):
                    wire = _Bounded(secured, ends_at)
                    return _exchange(wire, parts, body, headers, keep=keep)
        except TimeoutError:
            raise CallError(Failure.TIMED_OUT) from None
        except OSError:
            raise CallError(Failure.CUT_OFF) from None
        except (http.client.HTTPException, ValueError):
            raise CallError(Failure.ANSWER_REFUSED) from None

    def _find_addresses(self, host: str, port: int, ends_at: float) -> list[Address]:
        try:
            told = self._look_ups.find(host, port, left=lambda: _left(ends_at))
        except NotBegunError:
            raise CallError(Failure.NOT_BEGUN) from None
        except TimeoutError:
            raise CallError(Failure.TIMED_OUT) from None
        except (OSError, UnicodeError):
            raise CallError(Failure.NAME_UNKNOWN) from None
        found = list(dict.fromkeys(ip_address(each) for each in told))
        if not found:
            raise CallError(Failure.NAME_UNKNOWN)
        # All of them: a name that leads inside as well is not to be trusted with a choice.
        if not all(map(self.guard.may_call, found)):
            raise CallError(Failure.ADDRESS_REFUSED)
        return found

    def _secure(self, plain: socket.socket, parts: SplitResult, ends_at: float) -> socket.socket:
        if parts.scheme != "https":
            return plain
        plain.settimeout(_left(ends_at))
        try:
            return self._tls.wrap_socket(plain, server_hostname=parts.hostname)
        except ssl.SSLError:
            raise CallError(Failure.NOT_TRUSTED) from None


def _left(ends_at: float) -> float:
    """Seconds that are left. Raises TimeoutError."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(addresses: Sequence[Address], port: int, ends_at: float) -> socket.socket:
    """A connection to the first that takes one; each gets its share of the time."""
    for place, address in enumerate(addresses):
        share = _left(ends_at) / (len(addresses) - place)
        with suppress(OSError):
            return socket.create_connection((str(address), port), timeout=share)
    _left(ends_at)
    raise CallError(Failure.NOT_CONNECTED)


class _Bounded(io.RawIOBase):
    """A socket whose every step ends in time, and of which only so much is read.

    It stands where `http.client` wants a socket: a time-out of the socket itself would begin anew
    with each byte that a slow server lets drip.
    """

    def __init__(self, wire: socket.socket, ends_at: float) -> None:
        self._wire = wire
        self._ends_at = ends_at
        self._room = ANSWER_BYTES_MAX

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._room <= 0:
            raise ValueError
        self._wire.settimeout(_left(self._ends_at))
        count = self._wire.recv_into(buffer, min(len(buffer), self._room))
        self._room -= count
        return count

    def sendall(self, data: Any) -> None:
        rest = memoryview(data)
        while rest:
            self._wire.settimeout(_left(self._ends_at))
            rest = rest[self._wire.send(rest) :]

    def close(self) -> None:
        """The socket is closed by whoever opened it."""

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _exchange(
    wire: _Bounded, parts: SplitResult, body: bytes, headers: Mapping[str, str], *, keep: int
) -> Answer:
    connection = http.client.HTTPConnection(str(parts.hostname), _port_of(parts))
    connection.sock = wire
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", target, body=body, headers={"Host": parts.netloc, **headers})
    answer = connection.getresponse()
    kept = answer.read(keep) if keep else b""
    return Answer(answer.status, answer.headers.get("Retry-After"), kept)
