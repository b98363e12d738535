"""The core system from its first secret to its last, on a product that runs."""

import base64
import http.client
import json
import time

import pytest

from tests.commands.product import Product

NEWS_SECONDS_MAX = 2.0  # a second as promised, and the request itself


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with Product(tmp_path_factory.mktemp("clients") / "data") as product:
        yield product


def run(product, *words) -> list[str]:
    answer = product.command("client", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip().splitlines()


def shown(lines: list[str]) -> dict[str, str]:
    """What the last two lines of a command say."""
    return dict(line.split("=", 1) for line in lines[-2:])


def post(product, path, body: str, **headers: str) -> tuple[int, dict]:
    link = http.client.HTTPConnection("127.0.0.1", product.port, timeout=10)
    link.request("POST", path, body, headers)
    answer = link.getresponse()
    content = json.loads(answer.read())
    link.close()
    return answer.status, content


def ask(product, known: dict[str, str]) -> tuple[int, dict]:
    words = base64.b64encode(f"{known['client_id']}:{known['client_secret']}".encode()).decode()
    return post(
        product,
        "/v1/auth/token",
        "grant_type=client_credentials",
        **{"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {words}"},
    )


def is_open(product, token: str) -> bool:
    path = "/v1/ingest/benefit-grants"
    return product.get(path, Authorization=f"Bearer {token}")[0] == 200


def test_a_machine_is_let_in_rotated_and_ended(product):
    first = shown(run(product, "add", "bank-core", "--scope", "ingest.read"))
    status, given = ask(product, first)
    assert (status, given["scope"]) == (200, "ingest.read")
    assert is_open(product, given["access_token"])

    second = shown(run(product, "rotate", "bank-core", "--overlap", "1"))
    assert second["client_id"] == first["client_id"]
    assert [ask(product, each)[0] for each in (first, second)] == [200, 200]
    (line,) = [each for each in run(product, "list") if each.startswith("bank-core ")]
    assert "rotating-until-" in line

    third = shown(run(product, "rotate", "bank-core", "--overlap", "0"))
    assert [ask(product, each)[0] for each in (first, second, third)] == [401, 401, 200]

    token = ask(product, third)[1]["access_token"]
    assert is_open(product, token)
    run(product, "disable", "bank-core")
    disabled_at = time.monotonic()
    while is_open(product, token):
        assert time.monotonic() - disabled_at < NEWS_SECONDS_MAX
        time.sleep(0.05)
    assert ask(product, third)[0] == 401
    (line,) = [each for each in run(product, "list") if each.startswith("bank-core ")]
    assert line.split()[2] == "disabled"
    refused = product.command("token", "--client", "bank-core")
    assert refused.returncode != 0
    assert "disabled" in refused.stderr


def test_secrets_are_in_no_log_and_on_no_trail(product):
    made = shown(run(product, "add", "quiet", "--scope", "ingest.read"))
    assert ask(product, made)[0] == 200
    assert ask(product, made | {"client_secret": made["client_secret"][:-1]})[0] == 401
    logs = "".join(path.read_text() for path in product.data_dir.glob("*.log"))
    assert made["client_secret"][:-1] not in logs


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "a b", "--scope", "ingest.read"), "letters, digits"),
        (("add", "twice", "--scope", "ingest.read"), "already a client"),
        (("rotate", "nobody"), "no such client"),
        (("disable", "nobody"), "no such client"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(product, words, says):
    if says == "already a client":
        run(product, *words)
    answer = product.command("client", *words)
    assert answer.returncode != 0
    (line,) = [each for each in answer.stderr.splitlines() if each.startswith("goodfaith: ")]
    assert says in line
    assert "Traceback" not in answer.stderr
