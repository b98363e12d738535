"""From which address a request comes."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request

# A household or a machine has at least so much of IPv6: all of it is one client to a limit.
IPV6_CLIENT_BITS = 64


def client_address() -> str:
    """The peer's address; empty where the server does not tell it."""
    return request.remote_addr or ""


def counted_as(address: str) -> str:
    """What a limit counts an address as: itself, or its share of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), IPV6_CLIENT_BITS), strict=False))
    return address
