"""`goodfaith keys` on a running product, and the upgrade of one that kept its keys elsewhere."""

import base64
import json
import secrets

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from backend.commands.migrate import bring_up_to_date
from backend.kit import crypto, key_changes, migrations, walled
from backend.kit.crypto import KeyRing
from backend.kit.embedded.postgres import Postgres
from backend.kit.key_changes import Legacy
from backend.settings import MigrationSettings, driver_url
from tests.commands.product import Product
from tests.commands.test_operators import token
from tests.fixtures.keys import keys
from tests.fixtures.server import cloned, plain

WHY = ("--reason", "yearly rotation")
CARE = "account_care"


class Installation(Product):
    """A database and the environment of a production host; no server runs."""

    def __init__(self, folder, url, **changes):
        super().__init__(folder)
        self.url = plain(url)
        self.changes = {"MASTER_KEYS": f"mine:{_new_key()}", **changes}

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "DATABASE_URL": self.url,
            "ISSUER": "https://api.bank.test",
            "PROGRAMME_ZONE": "Asia/Shanghai",
            "OTP_WEBHOOK_URL": "https://codes.bank.test/send",
            "OTP_WEBHOOK_SECRET": f"whsec_{_new_key()}",
            "ROTATION_DELAY": "600",
            **self.changes,
        }

    def ask(self, statement, *values):
        with psycopg.connect(self.url, autocommit=True) as link:
            rows = link.execute(statement.encode(), values or None)
            return rows.fetchall() if rows.description else []

    def age(self, kind="%"):
        """As if all that has happened to these keys had happened two days earlier."""
        self.ask(
            "UPDATE crypto_key SET active_from = active_from - interval '2 days'"
            " WHERE kind LIKE %s RETURNING 1",
            kind,
        )

    def with_masters(self, *masters):
        return Installation(self.data_dir, self.url, MASTER_KEYS=",".join(masters))


@pytest.fixture
def installation(tmp_path, server_url):
    """Migrated, with first keys, as `goodfaith migrate` leaves it."""
    name = "installed"
    with cloned(server_url, name=name) as url:
        made = Installation(tmp_path, url)
        made.ask("TRUNCATE crypto_key")
        master_keys = KeyRing.parse(made.changes["MASTER_KEYS"])
        bring_up_to_date(MigrationSettings(url, walled.derive_url(url), master_keys, Legacy()))
        yield made


def listed(product):
    """`kind:name` to the words after it."""
    lines = done(product, "keys", "list").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def names(installation, kind, state):
    engine = create_engine(driver_url(installation.url), poolclass=NullPool)
    with Session(bind=engine) as session:
        known = key_changes.list_keys(session)
    return [f"{k.kind}:{k.name}" for k in known if (k.kind, k.state) == (kind, state)]


def done(product, *words):
    answer = product.command(*words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def refused(product, *words):
    answer = product.command(*words)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    lines = answer.stderr.splitlines()
    return [line.removeprefix("goodfaith: ") for line in lines if line.startswith("goodfaith: ")]


def store_person(installation):
    """One borrower, sealed and hashed with the current keys."""
    person = {
        "external_id": "k-1",
        "locale": "en",
        "timezone": "Asia/Shanghai",
        "name": "Ana Lopez",
    }
    folder = installation.data_dir / "import"
    folder.mkdir()
    (folder / "borrowers.ndjson").write_text(json.dumps(person) + "\n")
    done(installation, "import", str(folder))


def test_a_key_is_retired_when_nothing_needs_it_and_not_before(installation):
    store_person(installation)
    [first] = names(installation, "field", "current")
    [lookup] = names(installation, "lookup", "current")
    assert "is current" in refused(installation, "keys", "retire", first, *WHY)[0]
    done(installation, "keys", "rotate", "all", *WHY)
    assert "made already" in refused(installation, "keys", "rotate", "field", *WHY)[0]
    [waiting] = names(installation, "field", "waiting")
    assert "is waiting" in refused(installation, "keys", "retire", waiting, *WHY)[0]
    installation.age()
    told = refused(installation, "keys", "retire", first, *WHY)
    assert "needed by 1 values" in told[0]
    assert told[1:] == ["borrower.name_cipher: 1"]
    assert refused(installation, "keys", "retire", lookup, *WHY)[1:] == ["borrower_lookup: 1"]
    ran = json.loads(done(installation, "job", "reencrypt").splitlines()[0])
    assert ran == {"resealed": 1, "rehashed": 1, "unreadable": 0}
    done(installation, "keys", "retire", first, *WHY)
    done(installation, "keys", "retire", lookup.partition(":")[2], *WHY)
    assert names(installation, "field", "retired") == [first]
    trail = installation.ask("SELECT action, reason, count(*) FROM staff_action GROUP BY 1, 2")
    assert {("keys.rotate", WHY[1], 3), ("keys.retire", WHY[1], 2)} <= set(trail)


def test_a_token_key_is_kept_as_long_as_its_tokens_live(installation):
    [first] = names(installation, "token", "current")
    done(installation, "keys", "rotate", "token", *WHY)
    installation.age("token")
    installation.ask(
        "UPDATE crypto_key SET active_from = active_from + interval '2 days' - interval '30 min'"
        " WHERE kind = 'token' AND name <> %s RETURNING 1",
        first.partition(":")[2],
    )
    assert "may live until" in refused(installation, "keys", "retire", first, *WHY)[0]
    # Stolen, it need not wait.
    done(installation, "keys", "retire", first, "--at-once", *WHY)


def test_a_look_up_key_is_kept_as_long_as_codes_and_counts_live(installation):
    [first] = names(installation, "lookup", "current")
    done(installation, "keys", "rotate", "lookup", *WHY)
    installation.ask("UPDATE crypto_key SET active_from = active_from - interval '1 hour'"
                     " WHERE kind = 'lookup' RETURNING 1")  # fmt: skip
    assert "may live until" in refused(installation, "keys", "retire", first, *WHY)[0]


def test_a_key_that_was_replaced_a_moment_ago_is_kept(installation):
    [first] = names(installation, "field", "current")
    done(installation, "keys", "rotate", "field", *WHY)
    installation.ask("UPDATE crypto_key SET active_from = now() WHERE active_from > now()"
                     " RETURNING 1")  # fmt: skip
    assert "may still be in use" in refused(installation, "keys", "retire", first, *WHY)[0]


def test_values_of_a_key_that_is_gone_are_shown(installation):
    store_person(installation)
    [first] = names(installation, "field", "current")
    done(installation, "keys", "rotate", "field", *WHY)
    installation.age()
    installation.ask("UPDATE crypto_key SET retired_at = now() WHERE name = %s RETURNING 1",
                     first.partition(":")[2])  # fmt: skip
    assert listed(installation)[first] == "UNKNOWN 1 values in borrower.name_cipher"
    assert "is retired" in refused(installation, "keys", "retire", first, *WHY)[0]


def test_the_first_keys_are_made_once(installation):
    assert done(installation, "migrate").splitlines() == [f"at {migrations.head()}"]
    installation.ask("TRUNCATE crypto_key")
    made = done(installation, "migrate").splitlines()
    assert [line.partition(":")[0] for line in made[:3]] == ["key field", "key token", "key lookup"]
    installation.ask("TRUNCATE crypto_key")
    old = {"FIELD_KEYS": "typed:" + base64.b64encode(b"f" * 32).decode()}
    adopting = Installation(installation.data_dir, installation.url, **installation.changes, **old)
    answer = adopting.command("migrate")
    assert "key field:typed" in answer.stdout
    assert "field:typed was adopted and is no random key" in answer.stderr


def test_a_master_key_is_replaced(installation):
    old, new = installation.changes["MASTER_KEYS"], f"newer:{_new_key()}"
    both, only = installation.with_masters(new, old), installation.with_masters(new)
    for words in (("keys", "list"), ("migrate",), ("serve",), ("worker",)):
        assert "does not open" in refused(only, *words)[0]
    assert done(both, "keys", "rewrap", *WHY) == "3 keys wrapped anew with newer\n"
    assert all(words.endswith("[newer]") for words in listed(only).values())


def test_outside_the_demo_every_change_needs_a_reason(installation):
    for words in (("rotate", "field"), ("retire", "x"), ("rewrap",)):
        assert "--reason" in refused(installation, "keys", *words)[0]
    assert "there is no key x" in refused(installation, "keys", "retire", "x", *WHY)[0]


def test_a_production_process_names_everything_that_it_lacks(tmp_path):
    bare = Product(tmp_path / "bare")
    for words in (("serve",), ("worker",), ("keys", "list")):
        assert [line.split(":")[0] for line in refused(bare, *words)] == [
            "DATABASE_URL", "ISSUER", "MASTER_KEYS", "PROGRAMME_ZONE",
            "OTP_WEBHOOK_URL", "OTP_WEBHOOK_SECRET",
        ]  # fmt: skip
    lines = refused(bare, "migrate")
    assert [line.split(":")[0] for line in lines] == ["DATABASE_URL", "MASTER_KEYS"]


def _new_key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_an_instance_of_the_time_before_keeps_working(tmp_path):
    """Its folder holds FIELD_KEYS, LOOKUP_KEY and TOKEN_KEYS, its rows what those sealed."""
    old = {
        "FIELD_KEYS": f"demo:{_new_key()}",
        "LOOKUP_KEY": _new_key(),
        "TOKEN_KEYS": f"demo:{_new_key()}",
    }
    folder = tmp_path / "data"
    with Postgres(folder) as server:
        (folder / "secrets.json").write_text(json.dumps(old))
        _fill_as_before(server.database_url, old)
    with Product(folder) as product:
        staff = "risk_officer@goodfaith.test"
        done(product, "staff", "add", staff, "--role", "risk_officer")
        bearer = token(product, "--staff", staff)
        for asked in ("ana%20lopez", "%2B12025550101"):
            found = _search(product, asked, bearer=bearer)
            assert [each["name"] for each in found] == ["Ana Lopez"]
        assert set(listed(product)) == {"field:demo", "lookup:adopted", "token:demo"}
        done(product, "keys", "rotate", "all")
        assert json.loads((folder / "secrets.json").read_text()).items() > old.items()


def _fill_as_before(url, old):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        config = migrations.config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
    lookup = KeyRing({"adopted": base64.b64decode(old["LOOKUP_KEY"])})
    with keys(field=KeyRing.parse(old["FIELD_KEYS"]), lookup=lookup):
        name = crypto.encrypt("Ana Lopez", context="borrower.name")
        hashes = [
            ("name", crypto.keyed_hash("ana lopez", kind="name")),
            ("phone", crypto.keyed_hash("+12025550101", kind="phone")),
        ]
    with psycopg.connect(plain(url), autocommit=True) as link:
        [(who,)] = link.execute(
            "INSERT INTO borrower (id, external_id, locale, timezone, name_cipher)"
            " VALUES (gen_random_uuid(), 'b-1', 'en', 'Asia/Shanghai', %s) RETURNING id",
            [name],
        )
        for kind, digest in hashes:
            link.execute("INSERT INTO borrower_lookup VALUES (%s, %s, %s)", [kind, digest, who])


def _search(product, asked, *, bearer):
    headers = {"Authorization": f"Bearer {bearer}", "X-Access-Purpose": CARE}
    status, body = product.get(f"/v1/staff/borrowers?q={asked}", **headers)
    assert status == 200, body
    return json.loads(body)["items"]
