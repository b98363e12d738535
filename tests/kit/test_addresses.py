"""The client's address is what our own proxies say, and nobody else."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from backend.kit import addresses
from backend.kit.addresses import client_address, counted_as, find_client, read_networks
from backend.kit.environment import SettingsError
from tests.fixtures.settings import make_settings

OURS = read_networks("10.0.0.0/8, fd00::/8")

strangers = st.ip_addresses().filter(
    lambda a: (
        not any(a in network for network in OURS)
        and not (isinstance(a, IPv6Address) and a.ipv4_mapped)
    )
)
proxies = st.integers(1, 2**24 - 1).map(lambda n: IPv4Address((10 << 24) + n))
headers = st.lists(st.text(max_size=40) | st.ip_addresses().map(str), max_size=6)


@pytest.fixture
def seen():
    """`seen(peer, *headers)`: what a view is told, our proxies being in 10.0.0.0/8."""
    app = Flask("addresses")
    addresses.configure(trusted=OURS)

    def ask(peer, *forwarded):
        sent = [("X-Forwarded-For", value) for value in forwarded]
        with app.test_request_context(headers=sent, environ_base={"REMOTE_ADDR": peer}):
            return client_address()

    yield ask
    addresses.configure(trusted=())


@given(peer=strangers, header=headers)
def test_a_stranger_is_who_she_is_whatever_she_sends(peer, header):
    assert find_client(peer=str(peer), forwarded=header, trusted=OURS) == peer


@given(client=strangers, header=headers, chain=st.lists(proxies, min_size=1, max_size=3))
def test_behind_our_proxies_nothing_that_a_client_sends_helps(client, header, chain):
    # Each proxy appends whom it was called by; the last one calls us.
    *between, peer = chain
    forwarded = [*header, ", ".join(map(str, [client, *between]))]
    assert find_client(peer=str(peer), forwarded=forwarded, trusted=OURS) == client


@given(header=headers, peer=proxies)
def test_the_answer_is_the_peer_or_an_address_that_the_header_holds(header, peer):
    found = find_client(peer=str(peer), forwarded=header, trusted=OURS)
    told = {part.strip() for value in header for part in value.split(",")}
    assert found == peer or found in {unmapped(t) for t in told if is_address(t)}


def unmapped(value):
    address = ip_address(value)
    return getattr(address, "ipv4_mapped", None) or address


def is_address(value):
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


@given(header=headers)
def test_without_proxies_of_ours_the_header_is_not_read(header):
    assert find_client(peer="10.0.0.1", forwarded=header, trusted=()) == ip_address("10.0.0.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("198.51.100.1, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1, 203.0.113.9, 10.0.0.2",), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1", "203.0.113.9"), "203.0.113.9"),
        ("10.0.0.1", ("203.0.113.9:4711",), "203.0.113.9"),
        ("10.0.0.1", ("[2001:db8::1]:4711",), "2001:db8::1"),
        ("::ffff:10.0.0.1", ("::ffff:203.0.113.9",), "203.0.113.9"),
        ("fd00::1", ("2001:DB8:0:0::1",), "2001:db8::1"),
        # All hops are ours: the first of them is where it began.
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("10.0.0.1", ("198.51.100.1, unknown",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, ",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, fe80::1%eth0",), "10.0.0.1"),
        ("10.0.0.1", ("0x0a000001", "010.0.0.1"), "10.0.0.1"),
        ("", ("198.51.100.1",), "unknown"),
    ],
)
def test_who_is_seen(seen, peer, forwarded, client):
    assert seen(peer, *forwarded) == client


def test_all_of_an_ipv6_household_counts_as_one():
    assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:ffff::9")
    assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")
    assert counted_as("203.0.113.9") == "203.0.113.9"
    assert counted_as("unknown") == "unknown"


@pytest.mark.parametrize("value", ["10.0.0.0/33", "proxy.internal", "10.0.0.0/8;::1"])
def test_a_network_that_is_none_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words
        read_networks(value)


def test_the_setting_names_itself_when_it_is_wrong():
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES: must be networks"):
        make_settings("postgresql://ours@x", TRUSTED_PROXIES="proxy.internal")
    trusted = make_settings("postgresql://ours@x", TRUSTED_PROXIES="10.0.0.0/8,::1").trusted_proxies
    assert trusted == read_networks("10.0.0.0/8,::1")
