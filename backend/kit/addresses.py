"""Where a request comes from: the one place that reads it, and believes only our own proxies.

Whoever connects is the client, unless it is one of TRUSTED_PROXIES. Each of those appends to
X-Forwarded-For the address that it was called from, so the header is read from its end, and only as
far as trusted hops wrote it: what a client put in front is never reached.
"""

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from flask import request

UNKNOWN = "unknown"  # a socket without an address
# A household or a machine has at least so much of IPv6: all of it is one client to a limit.
IPV6_CLIENT_BITS = 64

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
# A request that somebody passed on comes from somewhere else, whatever its last address.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_trusted: tuple[Network, ...] = ()


def configure(*, trusted: Sequence[Network]) -> None:
    """Say which proxies are ours."""
    global _trusted  # noqa: PLW0603 - set once by the assembly
    _trusted = tuple(trusted)


def read_networks(value: str) -> tuple[Network, ...]:
    """Networks in CIDR notation, with commas between them. Raises ValueError."""
    return tuple(
        ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()
    )


def client_address() -> str:
    """The address of whoever sends this request, in its shortest form."""
    found = find_client(
        peer=request.remote_addr,
        forwarded=request.headers.getlist("X-Forwarded-For"),
        trusted=_trusted,
    )
    return UNKNOWN if found is None else str(found)


def is_from_this_machine() -> bool:
    """By its peer, and by the name it asked for: another site's name may lead here (rebinding)."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    name = request.host.rpartition(":")[0] if _has_port(request.host) else request.host
    peer = _parse(request.remote_addr or "")
    return name in LOCAL_NAMES and peer is not None and peer.is_loopback


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and not host.endswith("]")


def counted_as(address: str) -> str:
    """What a limit counts an address as: itself, or its share of IPv6."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, IPV6_CLIENT_BITS), strict=False))
    return address


def find_client(
    *, peer: str | None, forwarded: Iterable[str], trusted: Sequence[Network]
) -> Address | None:
    """The peer, or the last hop that is not trusted, as trusted hops tell of it.

    Where their telling ends, or makes no sense, the last hop that it reached is the client.
    """
    found = _parse(peer or "")
    hops = [hop for header in forwarded for hop in header.split(",")]
    while found is not None and _is_in(found, trusted) and hops:
        told = _parse(hops.pop())
        if told is None:
            break
        found = told
    return found


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _parse(value: str) -> Address | None:
    """An address, with or without a port, as proxies write it."""
    text = value.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        # The same machine, reached by a socket of the other family.
        return address.ipv4_mapped or address
    return address
