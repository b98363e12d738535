"""A call out goes where it may, for as long as it may, and reads no more than it must."""

import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from backend.kit.calls_out import ANSWER_BYTES_MAX, Caller, CallError, Guard, find_url_fault
from backend.kit.lookups import LOOK_UPS_MAX
from tests.fakes.receiver import Receiver, receiving
from tests.fixtures.certificates import make_certificate

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HERE = Guard(allowed=LOOPBACK, ports=None, may_use_http=True)
STRICT = Guard(ports=None)
DEADLINE = 0.6

REFUSED = {
    "0.0.0.0": "this machine",  # noqa: S104 - refused
    "10.0.0.1": "private",
    "100.64.0.1": "carrier NAT",
    "100.100.100.200": "metadata of a cloud, in carrier NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "metadata of a cloud, in public space",
    "169.254.169.254": "metadata, link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "metadata of a cloud",
    "192.0.2.1": "documentation",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "this machine",
    "::1": "loopback",
    "::127.0.0.1": "IPv4 in IPv6, of old",
    "::ffff:10.0.0.1": "IPv4 in IPv6",
    "::ffff:127.0.0.1": "IPv4 in IPv6",
    "::ffff:169.254.169.254": "IPv4 in IPv6",
    "64:ff9b::10.0.0.1": "private, by a translator",
    "64:ff9b::169.254.169.254": "metadata, by a translator",
    "64:ff9b:1::1": "a translator's local prefix",
    "2001:0:a9fe:a9fe::1": "Teredo",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "loopback, by 6to4",
    "2002:a9fe:a9fe::": "metadata, by 6to4",
    "fc00::1": "unique local",
    "fd00:ec2::254": "metadata of a cloud",
    "fe80::1": "link-local",
    "fe80::1%lo": "link-local, with a scope",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
}
TAKEN = ("1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::8.8.8.8",
         "::ffff:8.8.8.8", "2002:808:808::1")  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def calling(guard: Guard = HERE, *names: str, **kwargs) -> Caller:
    """A caller whose resolver answers with these, whatever is asked; the machine's without any."""
    if names:
        kwargs["resolve"] = lambda _host, _port: names
    return Caller(guard, deadline_seconds=DEADLINE, **kwargs)


def failure_of(caller: Caller, url: str) -> str:
    with pytest.raises(CallError) as failed:
        caller.post(url, body=b"{}", headers={})
    return str(failed.value.failure)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_of_the_internet_is_refused(address):
    assert not STRICT.may_call(ip_address(address)), REFUSED[address]


@pytest.mark.parametrize("address", TAKEN)
def test_an_address_of_the_internet_is_taken(address):
    assert STRICT.may_call(ip_address(address))


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"])
def test_what_a_setting_allows_is_taken_and_its_neighbour_is_not(address):
    guard = Guard(allowed=(ip_network("10.1.2.0/24"),))
    assert guard.may_call(ip_address(address))
    assert not guard.may_call(ip_address("10.1.3.1"))
    assert not guard.may_call(ip_address("169.254.169.254"))


@pytest.mark.parametrize("address", REFUSED)
def test_a_name_that_leads_there_is_not_called(address):
    assert failure_of(calling(STRICT, address), "https://hooks.example/") == "address_refused"


def test_a_name_that_leads_inside_as_well_is_not_called():
    caller = calling(STRICT, "93.184.215.14", "169.254.169.254")
    assert failure_of(caller, "https://hooks.example/") == "address_refused"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_no_way_of_writing_this_machine_gets_past_the_resolver(host, receiver):
    guard = Guard(ports=None, may_use_http=True)
    assert failure_of(calling(guard), receiver.url(host)) == "address_refused"
    assert receiver.calls == []


def test_a_name_is_looked_up_once_and_what_was_judged_is_called(receiver):
    """Rebinding: the second answer would lead elsewhere, and is never asked for."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    caller = calling(resolve=lambda _host, _port: answers.pop(0))
    answer = caller.post(receiver.url("hooks.example"), body=b"{}", headers={})
    assert (answer.status, len(answers)) == (200, 1)
    assert receiver.calls[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_when_the_first_takes_no_connection(receiver):
    caller = calling(HERE, "127.0.0.99", "127.0.0.1")
    with receiving(host="127.0.0.99") as other:
        assert other.port != receiver.port
        assert caller.post(receiver.url("two.example"), body=b"{}", headers={}).status == 200
    assert len(receiver.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "//hooks.example/",
        "hooks.example",
        "https:///path",
        "https://",
        "",
        "https://user@hooks.example/",
        "https://user:pass@hooks.example/",
        "https://:pass@hooks.example/",
        "https://hooks.example:8080/",
        "https://hooks.example:22/",
        "https://hooks.example:0/",
        "https://hooks.example:70000/",
        "https://hooks.example/#part",
        "https://hooks.example\\@elsewhere.example/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX: 1",
        "https://hooks.example/\x00",
        "https://höoks.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25lo]/",
        "https://169.254.169.254/latest/meta-data",
        "https://hooks.example/" + "a" * 2_000,
    ],
)
def test_an_address_that_cannot_be_right_is_refused_before_any_look_up(url):
    assert find_url_fault(url, Guard()) is not None
    never = calling(Guard(), resolve=lambda *_: pytest.fail("it was looked up"))
    assert failure_of(never, url) == "url_refused"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example:8443/a?b=c",
        "https://8.8.8.8/",
        "https://a.b/%20",
    ],
)
def test_an_ordinary_address_is_taken(url):
    assert find_url_fault(url, Guard()) is None


def test_what_is_sent_arrives_as_it_is(receiver):
    body = b"{}" + b" " * 300_000
    caller = calling()
    answer = caller.post(receiver.url(path="/a?b=c%20d"), body=body, headers={"X-One": "1"})
    (call,) = receiver.calls
    assert (answer.status, call.target, call.body) == (200, "/a?b=c%20d", body)
    assert call.headers["x-one"] == "1"


@pytest.mark.parametrize("status", [201, 302, 308, 404, 410, 429, 500])
def test_no_answer_leads_anywhere_else(receiver, status):
    receiver.says(status, Location=receiver.url(path="/elsewhere"), Retry_After="7")
    answer = calling().post(receiver.url(), body=b"{}", headers={})
    assert (answer.status, answer.retry_after) == (status, "7")
    assert [call.target for call in receiver.calls] == ["/hooks"]


def test_a_silent_receiver_is_not_waited_for(receiver):
    receiver.waits()
    began = time.monotonic()
    assert failure_of(calling(), receiver.url()) == "timed_out"
    assert time.monotonic() - began < DEADLINE + 0.5


def test_a_receiver_that_lets_its_answer_drip_is_not_waited_for(receiver):
    receiver.drips(every_seconds=0.05)
    began = time.monotonic()
    assert failure_of(calling(), receiver.url()) == "timed_out"
    assert time.monotonic() - began < DEADLINE + 0.5


def test_a_receiver_that_takes_a_connection_and_reads_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0), backlog=1) as half_open:
        url = f"http://localhost:{half_open.getsockname()[1]}/"
        assert failure_of(calling(), url) == "timed_out"
        began = time.monotonic()
        with pytest.raises(CallError, match="timed_out"):
            calling().post(url, body=b" " * 20_000_000, headers={})
        assert time.monotonic() - began < DEADLINE + 0.5


def test_a_resolver_that_does_not_answer_is_not_waited_for():
    def sleep(*_: object) -> list[str]:
        time.sleep(DEADLINE + 0.3)
        return ["127.0.0.1"]

    began = time.monotonic()
    assert failure_of(calling(resolve=sleep), "https://slow.example/") == "timed_out"
    assert time.monotonic() - began < DEADLINE + 0.25


def test_a_name_that_is_slow_to_tell_holds_up_no_other(receiver):
    ends = threading.Event()
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        if host == "slow.example":
            ends.wait(20)
        return ["127.0.0.1"]

    caller = calling(resolve=resolve)
    try:
        with ThreadPoolExecutor(24) as pool:
            slow = receiver.url("slow.example")
            failures = set(pool.map(lambda _: failure_of(caller, slow), range(24)))
        assert failures == {"timed_out"}
        assert caller.post(receiver.url("good.example"), body=b"{}", headers={}).status == 200
        assert asked == ["slow.example", "good.example"]
    finally:
        ends.set()


def test_a_look_up_that_found_no_room_is_never_begun(receiver):
    ends = threading.Event()
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        if host.startswith("slow"):
            ends.wait(20)
        return ["127.0.0.1"]

    caller = calling(resolve=resolve)
    good = receiver.url("good.example")
    try:
        with ThreadPoolExecutor(LOOK_UPS_MAX) as pool:
            urls = [receiver.url(f"slow-{n}.example") for n in range(LOOK_UPS_MAX)]
            assert set(pool.map(lambda url: failure_of(caller, url), urls)) == {"timed_out"}
        assert failure_of(caller, good) == "not_begun"
        ends.set()
        assert caller.post(good, body=b"{}", headers={}).status == 200
        assert asked.count("good.example") == 1
    finally:
        ends.set()


def test_a_process_that_stops_waits_for_no_look_up():
    program = textwrap.dedent(
        """
        import time
        from backend.kit.calls_out import Caller, CallError, Guard

        caller = Caller(Guard(), deadline_seconds=0.1, resolve=lambda *_: time.sleep(60))
        try:
            caller.post("https://slow.example/", body=b"", headers={})
        except CallError as error:
            print(error.failure)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=20, text=True, check=True
    )
    assert done.stdout.strip() == "timed_out"


def test_an_endless_head_is_not_read(receiver):
    def pour(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n")
        line = b"X-More: " + b"a" * 1_000 + b"\r\n"
        for _ in range(2 * ANSWER_BYTES_MAX // len(line)):
            wire.sendall(line)

    receiver.respond = pour
    assert failure_of(calling(), receiver.url()) == "answer_refused"


def test_an_endless_body_is_not_read(receiver):
    poured = []

    def pour(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            wire.sendall(b"a" * 10_000)
            poured.append(1)

    receiver.respond = pour
    assert calling().post(receiver.url(), body=b"{}", headers={}).status == 200
    time.sleep(0.1)
    assert len(poured) < 10_000


@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\r\n\r\n"]
)
def test_what_is_no_http_is_no_answer(receiver, words):
    receiver.respond = lambda wire: wire.sendall(words)
    assert failure_of(calling(), receiver.url()) == "answer_refused"


def test_a_connection_that_is_torn_is_no_answer(receiver):
    receiver.resets()
    assert failure_of(calling(), receiver.url()) == "cut_off"


def test_nobody_there_is_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as there:
        port = there.getsockname()[1]
    assert failure_of(calling(), f"http://localhost:{port}/") == "not_connected"
    nobody = calling(resolve=lambda *_: [])
    assert failure_of(nobody, "https://nobody.example/") == "name_unknown"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as receiver:
        assert calling().post(receiver.url(), body=b"{}", headers={}).status == 200
        by_another_name = calling(HERE, "127.0.0.1")
        assert failure_of(by_another_name, receiver.url("other.example")) == "not_trusted"
        assert failure_of(calling(), receiver.url("127.0.0.1")) == "not_trusted"
        assert len(receiver.calls) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(certificate):
    with receiving(certificate) as receiver:
        assert failure_of(calling(), receiver.url()) == "not_trusted"
        assert receiver.calls == []


def test_tls_asks_for_the_name(certificate, monkeypatch):
    asked = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _wire, name, _context: asked.append(name)
        receiver.context = context
        calling(HERE, "127.0.0.1").post(receiver.url(), body=b"{}", headers={})
    assert asked == ["localhost"]
