"""When sessions end, what may be repeated, and whom an address stands for."""

import ipaddress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.auth.rules import (
    REFRESH_OVERLAP,
    ROTATIONS_KEPT,
    SESSION_LIVES,
    Rotation,
    ends_at,
    kept_rotations,
    label_of,
    network_of,
    seconds_until,
    to_milliseconds,
)

audiences = st.sampled_from(sorted(SESSION_LIVES))
instants = st.timedeltas(timedelta(0), timedelta(days=30_000)).map(
    lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since
)
spans = st.timedeltas(timedelta(0), timedelta(days=100))


@given(audience=audiences, made=instants, later=spans)
def test_use_lengthens_a_session_and_never_beyond_its_end(audience, made, later):
    life = SESSION_LIVES[audience]
    ends = ends_at(audience, created_at=made, used_at=made + later)
    assert ends_at(audience, created_at=made, used_at=made) <= ends <= made + life.absolute
    assert ends <= made + later + life.idle


@given(now=instants, ages=st.lists(st.timedeltas(timedelta(0), timedelta(seconds=90)), max_size=20))
def test_what_may_be_repeated_is_recent_and_little(now, ages):
    ages = sorted(ages, reverse=True)
    made = [Rotation(bytes(32), now - age, UUID(int=n), ()) for n, age in enumerate(ages)]
    kept = kept_rotations(made, now=now)
    recent = [each for each in made if each.at > now - REFRESH_OVERLAP]
    assert list(kept) == recent[-ROTATIONS_KEPT:]


@given(now=instants, wait=spans)
def test_who_waits_as_told_has_waited_long_enough(now, wait):
    told = timedelta(seconds=seconds_until(now + wait, now=now))
    assert told >= wait
    assert told <= max(wait, timedelta(0)) + timedelta(seconds=1)


@given(at=instants)
def test_a_token_says_its_instant_to_the_millisecond(at):
    said = to_milliseconds(at)
    assert at - timedelta(milliseconds=1) < said <= at
    assert datetime.fromtimestamp(round(said.timestamp(), 3), UTC) == said


@given(address=st.ip_addresses(), host=st.integers(0, 2**64 - 1))
def test_an_address_stands_for_its_network_and_no_other(address, host):
    counted = network_of(str(address))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        neighbour = ipaddress.IPv6Address(int(address) >> 64 << 64 | host)
        if neighbour.ipv4_mapped is None:
            assert network_of(str(neighbour)) == counted
        other = ipaddress.IPv6Address(int(address) ^ 1 << 64)
        assert network_of(str(other)) != counted
    elif isinstance(address, ipaddress.IPv4Address):
        assert counted == str(address) == network_of(f"::ffff:{address}")


@given(name=st.none() | st.text(max_size=300), agent=st.none() | st.text(max_size=300))
def test_a_label_is_short_and_can_be_stored(name, agent):
    label = label_of(name and name.replace("\x00", ""), user_agent=agent)
    assert label is None or (0 < len(label) <= 200 and "\x00" not in label)


@pytest.mark.parametrize("audience", sorted(SESSION_LIVES))
def test_no_session_rests_longer_than_it_lives(audience):
    life = SESSION_LIVES[audience]
    assert timedelta(0) < life.idle < life.absolute
