"""What a whole run wrote down, faults and all, names nobody and opens nothing."""

import json
import re

from tests.faults.conftest import PERSON
from tests.faults.traffic import call

PHONES = ("13912345678", "139 1234 5678", "1391234", "12345678")
BAD_BODIES = (
    {"locale": "en", "timezone": "nowhere", **PERSON},
    {"locale": "en", "timezone": "Asia/Shanghai", **PERSON, "name": "Zhao\u0000Qianxun"},
    {"locale": "en", "timezone": "Asia/Shanghai", **PERSON, "Zhao Qianxun": PERSON["phone"]},
    [PERSON],
)


def _logs(product) -> dict[str, str]:
    files = [
        *product.data_dir.glob("*.log"),
        *product.data_dir.glob("*/log"),
        *product.data_dir.glob("*/*.log"),
        product.data_dir.with_suffix(".out"),
    ]
    return {str(file.name): file.read_text(errors="replace") for file in files if file.is_file()}


def _staff_token(product) -> str:
    email = "risk_officer@goodfaith.test"
    added = product.command("staff", "add", email, "--role", "risk_officer")
    assert added.returncode == 0, added.stderr
    return product.command("token", "--staff", email).stdout.strip().splitlines()[-1]


def test_logs_hold_no_phone_no_name_and_no_secret(product, tokens):
    staff = _staff_token(product)
    for body in BAD_BODIES:
        path = "/v1/ingest/borrowers/payer"
        status, _ = call(product.port, "PUT", path, headers=tokens["client"], body=body)
        assert status == 422
    wrong = {"Authorization": tokens["borrower"]["Authorization"] + "x"}
    assert call(product.port, "GET", "/v1/me", headers=wrong)[0] == 401
    headers = {"Authorization": f"Bearer {staff}", "X-Access-Purpose": "complaint"}
    for asked in ("Zhao%20Qianxun", "%2B8613912345678"):
        found = call(product.port, "GET", f"/v1/staff/borrowers?q={asked}", headers=headers)
        assert found[0] == 200
    secrets = [
        *PERSON.values(),
        *PHONES,
        *re.findall(r"[A-Za-z]+", PERSON["name"]),
        *(header["Authorization"].rpartition(".")[2] for header in (*tokens.values(), headers)),
        *(json.loads((product.data_dir / "secrets.json").read_text()).values()),
        (product.data_dir / "postgres.password").read_text().strip(),
    ]
    logs = _logs(product)
    assert "worker.log" in logs
    assert any(logs.values())
    leaks = {
        name: [secret for secret in secrets if secret in content]
        for name, content in logs.items()
        if any(secret in content for secret in secrets)
    }
    assert leaks == {}
