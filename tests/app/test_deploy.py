"""deploy/ and its guide in step with the code: no setting that is none, every needed one given."""

import base64
import re
import secrets
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from backend import settings
from backend.__main__ import COMMANDS, main
from backend.kit.environment import SettingsError
from backend.settings import SECRETS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVICES = ("migrate", "serve", "worker")
PACKAGES = {"backend", "rewards", "notifications", "community", "migrations"}
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
# Python's own, in the image and the units.
PYTHONS = {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PIPS = {"PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
HARDENED = {
    "DynamicUser=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
    "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "RestrictSUIDSGID=yes",
    "SystemCallFilter=@system-service", "UMask=0077",
}  # fmt: skip


def _options(command: click.Command) -> set[str]:
    """Variables that a command's options may be given by."""
    found = {
        name
        for option in command.params
        for name in ([option.envvar] if isinstance(option.envvar, str) else option.envvar or ())
    }
    if isinstance(command, click.Group):
        context = click.Context(command)
        children = [command.get_command(context, name) for name in command.list_commands(context)]
        found |= set().union(*(_options(child) for child in children if child is not None))
    return found


KNOWN = settings.names() | _options(main) | {"PROMETHEUS_MULTIPROC_DIR"}


def _loads(environment: dict[str, str], folder: Path) -> None:
    """These settings are enough, once each secret's file is what it should be."""
    master = base64.b64encode(secrets.token_bytes(32)).decode()
    contents = {
        "MASTER_KEYS_FILE": f"2027a:{master}",
        "DATABASE_URL_FILE": "postgresql://goodfaith:pw@postgres/goodfaith",
        "COMMUNITY_DATABASE_URL_FILE": "postgresql://behind:pw@postgres/goodfaith",
        "OTP_WEBHOOK_SECRET_FILE": f"whsec_{master}",
    }
    given = dict(environment)
    for name, content in contents.items():
        (folder / name).write_text(content)
        given[name] = str(folder / name)
    # What compose asks of whoever starts it: ${NAME:?why}, or ${NAME:-value}.
    asked = {"ISSUER": "https://api.bank.test", "PROGRAMME_ZONE": "Asia/Shanghai",
             "OTP_WEBHOOK_URL": "https://codes.bank.test",
             "TRUSTED_PROXIES": "172.16.0.0/12", "WEBHOOK_NETWORKS": "",
             "CREDENTIALS_URL": ""}  # fmt: skip
    given |= {name: asked[name] for name, value in given.items() if value.startswith("${")}
    [warning] = settings.load(given).warnings
    assert warning.startswith("CRISIS_ALERT_URL is not set")  # nobody but the lender knows whom
    settings.load_for_migration(given)


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_given_all_that_its_process_needs(compose, name, tmp_path):
    service = compose["services"][name]
    assert set(service["environment"]) <= KNOWN
    assert set(service["environment"]).isdisjoint({"MASTER_KEYS", "DATABASE_URL"})
    assert service["command"] == [name]
    assert name in COMMANDS
    mounted = {f"/run/secrets/{secret}" for secret in service["secrets"]}
    files = {v for k, v in service["environment"].items() if k.endswith("_FILE")}
    assert files == mounted
    _loads(service["environment"], tmp_path)


def test_no_container_has_more_power_than_it_needs(compose):
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert ("cap_add" in service) == (name == "postgres")
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())


def test_neither_role_of_the_product_is_the_images_superuser(compose):
    """The wall does not hold against one."""
    server = compose["services"]["postgres"]
    assert server["environment"]["POSTGRES_USER"] == "postgres"
    assert "./postgres-roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro" in server["volumes"]
    roles = (DEPLOY / "postgres-roles.sh").read_text()
    assert re.findall(r"CREATE ROLE (\w+) LOGIN", roles) == ["goodfaith", "goodfaith_community"]
    assert not re.search("SUPERUSER|CREATEROLE|BYPASSRLS|GRANT", roles)
    named = set(re.findall(r"password (\w+)\)", roles))
    assert named == {"database_url", "community_database_url"} < set(server["secrets"])


def test_only_those_who_call_out_have_a_way_out(compose):
    assert compose["networks"]["inside"] == {"internal": True}
    ways = {name: set(service["networks"]) for name, service in compose["services"].items()}
    assert {name for name, networks in ways.items() if "outside" in networks} == {"serve", "worker"}
    assert all("inside" in networks for networks in ways.values())


def test_the_image_is_locked_unprivileged_and_without_secrets():
    text = (DEPLOY / "Dockerfile").read_text()
    lines = text.replace("\\\n", " ").splitlines()
    assert "--require-hashes" in text
    assert "USER 10001:10001" in lines
    assert sum(line.startswith("FROM") for line in lines) == 2
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    named = {
        word.partition("=")[0]
        for line in lines
        if line.startswith(("ENV ", "ARG "))
        for word in line.split()[1:]
    }
    assert named <= KNOWN | PYTHONS | PIPS | {"PYTHON"}
    assert named.isdisjoint({*SECRETS, *(f"{name}_FILE" for name in SECRETS)})


def test_the_image_holds_the_code_and_nothing_else():
    copied = {
        line.split()[1]
        for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
    }
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert copied == allowed == {*PACKAGES, "requirements.txt"}
    assert "\n*\n" in (ROOT / ".dockerignore").read_text()


def _environment_of(unit: Path) -> dict[str, str]:
    given = {}
    lines = unit.read_text().splitlines() + [
        f"Environment={line}"
        for line in (DEPLOY / "systemd/goodfaith.env").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for line in lines:
        if line.startswith("Environment="):
            name, _, value = line.removeprefix("Environment=").partition("=")
            given[name] = value
    return given


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened_and_given_all_that_its_process_needs(unit, tmp_path):
    lines = set(unit.read_text().splitlines())
    assert lines >= HARDENED
    name = unit.stem.removeprefix("goodfaith-")
    assert f"ExecStart=/opt/goodfaith/.venv/bin/goodfaith {name}" in lines
    assert name in COMMANDS
    given = _environment_of(unit)
    assert set(given) <= KNOWN | PYTHONS
    credentials = {line.split("=")[1].split(":")[0] for line in lines if "LoadCredential=" in line}
    files = {value for name, value in given.items() if name.endswith("_FILE")}
    assert files == {f"%d/{credential}" for credential in credentials}
    _loads({k: v for k, v in given.items() if k not in PYTHONS}, tmp_path)


def test_settings_that_are_offered_in_the_units_file_exist():
    text = (DEPLOY / "systemd/goodfaith.env").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) <= KNOWN


def test_there_is_a_unit_for_each_process():
    assert [unit.stem for unit in UNITS] == [f"goodfaith-{name}" for name in SERVICES]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path):
    for unit in UNITS:
        # The program is not installed where the unit says.
        text = re.sub(
            r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE
        )
        (tmp_path / unit.name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())],  # noqa: S607 - found above
        capture_output=True,
        text=True,
        check=False,
    )
    own = [line for line in checked.stderr.splitlines() if "goodfaith-" in line]
    assert own == []


def test_the_edge_lets_nobody_in_to_what_is_the_operators():
    text = (DEPLOY / "nginx.conf").read_text()
    for closed in ("= /metrics", "= /readyz", "/docs", "/demo"):
        assert re.search(rf"location {re.escape(closed)} +{{ return 404; }}", text), closed
    # What a client says of where it comes from never reaches us.
    for header in ("X-Forwarded-For $remote_addr", 'Forwarded ""', 'X-Real-IP ""'):
        assert f"proxy_set_header {header};" in text
    assert text.count("{") == text.count("}")


def test_the_guide_lists_every_setting_and_no_other():
    guide = (ROOT / "docs/operating.md").read_text()
    table = guide.partition("| setting | needed |")[2].partition("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines()[2:]]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row[1])}
    assert listed == KNOWN
    needed = {name for row in rows if row[2].strip() == "yes"
              for name in re.findall(r"`([A-Z_]+)`", row[1])}  # fmt: skip
    with pytest.raises(SettingsError) as told:
        settings.load({})
    missing = {line.partition(":")[0] for line in str(told.value).splitlines()}
    assert {name for name in needed if not name.endswith("_FILE")} == missing
