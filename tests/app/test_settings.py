"""A production process starts with its own secrets or not at all, and says all that is wrong."""

import base64
import secrets
from ipaddress import ip_address
from itertools import count

import pytest

from backend import settings
from backend.kit.environment import SettingsError

DATABASE = "postgresql://goodfaith:pw@db.bank.test/goodfaith"


def key(raw: bytes | None = None, *, name: str = "2027a") -> str:
    return f"{name}:{base64.b64encode(raw or secrets.token_bytes(32)).decode()}"


GOOD = {
    "MASTER_KEYS": key(),
    "DATABASE_URL": DATABASE,
    "ISSUER": "https://api.bank.test",
    "PROGRAMME_ZONE": "America/New_York",
    "OTP_WEBHOOK_URL": "https://codes.bank.test/send",
    "OTP_WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"w" * 24).decode(),
}
ALERT = {
    "CRISIS_ALERT_URL": "https://paging.bank.test/alerts",
    "CRISIS_ALERT_SECRET": GOOD["OTP_WEBHOOK_SECRET"],
}


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as told:
        settings.load(environment)
    return str(told.value).splitlines()


def test_what_is_given_is_enough():
    found = settings.load(GOOD | ALERT)
    assert found.database_url == "postgresql+psycopg://goodfaith:pw@db.bank.test/goodfaith"
    assert (found.is_demo, found.read_database_url, found.warnings) == (False, None, ())


def test_badges_are_signed_in_the_name_of_an_address_of_their_own_or_the_issuers():
    assert settings.load(GOOD).credentials_url == GOOD["ISSUER"]
    neutral = {"CREDENTIALS_URL": "https://badges.test:8443/"}
    assert settings.load(GOOD | neutral).credentials_url == "https://badges.test:8443"
    with_path = {"ISSUER": "https://bank.test/goodfaith"}
    [line] = problems(GOOD | with_path)
    assert line.startswith("CREDENTIALS_URL: ")
    assert settings.load(GOOD | with_path | neutral).issuer == with_path["ISSUER"]


def test_everything_that_is_missing_is_named_at_once_a_line_each():
    lines = problems({})
    assert [line.partition(":")[0] for line in lines] == [
        "DATABASE_URL", "ISSUER", "MASTER_KEYS", "PROGRAMME_ZONE", "OTP_WEBHOOK_URL",
        "OTP_WEBHOOK_SECRET",
    ]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_nothing_that_guards_or_decides_has_a_default(name):
    for without in ({k: v for k, v in GOOD.items() if k != name}, GOOD | {name: ""}):
        [line] = problems(without)
        assert line.startswith(f"{name}: missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", "http://api.bank.test"),
        ("ISSUER", "api.bank.test"),
        ("ISSUER", "https://"),
        ("CREDENTIALS_URL", "http://badges.bank.test"),
        ("CREDENTIALS_URL", "https://badges.bank.test/of/ours"),
        ("PROGRAMME_ZONE", "Mars/Base"),
        ("MASTER_KEYS", "no-key"),
        ("MASTER_KEYS", "short:" + base64.b64encode(b"short").decode()),
        ("MASTER_KEYS", key(b"\0" * 32)),
        ("MASTER_KEYS", key(b"f" * 32)),
        ("MASTER_KEYS", key(bytes(range(32)))),
        ("MASTER_KEYS", key(b"change-me-change-me-change-me-32")),
        ("MASTER_KEYS", key(name="demo")),
        ("MASTER_KEYS", key(name="tests")),
        ("MASTER_KEYS", f"{key()},{key(b'o' * 32, name='older')}"),
        ("LOG_LEVEL", "LOUD"),
        ("HELP_REGION", "XX"),
        ("HELP_LINES_FILE", "/nowhere/lines.toml"),
        ("WEBHOOK_NETWORKS", "everywhere"),
        ("WEBHOOK_NETWORKS", "10.0.0.0/99"),
        ("EVIDENCE_WITNESSES", "witness.example/w1 https://witness.example/w1"),
        ("WEBHOOK_PORTS", "https"),
        ("WEBHOOK_PORTS", "0"),
        ("WEBHOOK_PORTS", "443,70000"),
        ("THREADS", "0"),
        ("THREADS", "four"),
        ("ROTATION_DELAY", "1"),
        ("REQUESTS_PER_MINUTE", "-1"),
        ("DEMO_CLOCK_FILE", "/tmp/clock.json"),  # noqa: S108 - nothing is written
    ],
    # Some values are made anew each time, and every worker must name its tests alike.
    ids=count(),
)
def test_what_cannot_be_used_is_refused_by_name_and_never_quoted(name, value):
    [line] = problems(GOOD | {name: value})
    assert line.startswith(f"{name}: ")
    if name == "MASTER_KEYS":
        assert value.partition(":")[2] not in line or value == "no-key"


def test_the_demo_needs_only_what_it_makes_itself():
    demo = {"GOODFAITH_DEMO": "1", "MASTER_KEYS": key(name="demo"), "DATABASE_URL": DATABASE}
    found = settings.load(demo)
    assert (found.issuer, found.programme_zone) == ("http://localhost:8000", "Asia/Shanghai")
    assert problems({"GOODFAITH_DEMO": "1"}) == problems({"GOODFAITH_DEMO": "1", "ISSUER": "x"})


def test_a_secret_may_stand_in_a_file(tmp_path):
    files = {}
    for name in ("MASTER_KEYS", "DATABASE_URL"):
        path = tmp_path / name.lower()
        path.write_text(f"{GOOD[name]}\n")
        files[f"{name}_FILE"] = str(path)
    rest = {name: value for name, value in GOOD.items() if f"{name}_FILE" not in files}
    assert settings.load(rest | files) == settings.load(GOOD)
    assert settings.load_for_migration(files).master_keys == settings.load(GOOD).master_keys


def test_a_file_that_is_not_there_and_a_secret_given_twice_are_told(tmp_path):
    rest = {name: value for name, value in GOOD.items() if name != "MASTER_KEYS"}
    away = str(tmp_path / "away")
    assert problems(rest | {"MASTER_KEYS_FILE": away})[0].startswith("MASTER_KEYS_FILE: ")
    assert "twice" in problems(GOOD | {"MASTER_KEYS_FILE": away})[0]


@pytest.mark.parametrize(
    ("url", "warns"),
    [
        ("postgresql://goodfaith@db.bank.test/goodfaith", True),
        ("postgresql://goodfaith@/goodfaith?host=db.bank.test", True),
        ("postgresql://goodfaith@/goodfaith?host=/run/postgresql", False),
        ("postgresql://goodfaith@/goodfaith?host=/run/a&host=db.bank.test", True),
        ("postgresql://goodfaith@db.bank.test/goodfaith?passfile=/etc/pgpass", False),
        (DATABASE, False),
    ],
)
def test_a_database_without_a_password_over_the_network_is_warned_of(url, warns):
    assert bool(settings.load(GOOD | ALERT | {"DATABASE_URL": url}).warnings) is warns
    with_file = GOOD | ALERT | {"DATABASE_URL": url, "PGPASSFILE": "/etc/pgpass"}
    assert settings.load(with_file).warnings == ()


def test_nobody_to_be_called_to_people_in_need_is_warned_of_beyond_the_demo():
    [warning] = settings.load(GOOD).warnings
    assert warning.startswith("CRISIS_ALERT_URL is not set")
    assert settings.load(GOOD | {"GOODFAITH_DEMO": "1"}).warnings == ()
    found = settings.load(GOOD | ALERT)
    assert (found.crisis_alert.url, found.warnings) == (ALERT["CRISIS_ALERT_URL"], ())


@pytest.mark.parametrize("name", ALERT)
def test_an_alert_needs_both_an_https_address_and_a_key(name):
    [line] = problems(GOOD | {k: v for k, v in ALERT.items() if k != name})
    assert line.startswith(f"{name}: ")
    [line] = problems(GOOD | ALERT | {name: "http://paging.bank.test"})
    assert line.startswith(f"{name}: ")


def test_settings_do_not_show_their_secrets():
    shown = repr(settings.load(GOOD | {"READ_DATABASE_URL": DATABASE}))
    assert "pw@" not in shown
    assert GOOD["MASTER_KEYS"].partition(":")[2] not in shown


def test_keys_of_an_older_version_are_read_to_be_adopted():
    old = {"FIELD_KEYS": key(name="demo"), "LOOKUP_KEY": key().partition(":")[2]}
    found = settings.load_for_migration(GOOD | old)
    assert found.legacy.field is not None
    assert list(found.legacy.field.keys) == ["demo"]
    assert found.legacy.lookup is not None
    assert found.legacy.token is None
    with pytest.raises(SettingsError, match="LOOKUP_KEY"):
        settings.load_for_migration(GOOD | {"LOOKUP_KEY": "short"})


def test_webhooks_go_to_the_internet_alone_unless_a_setting_says_more():
    guard = settings.load(GOOD).webhook_guard
    assert (guard.allowed, guard.may_use_http) == ((), False)
    assert guard.ports == {443, 8443}
    more = {"WEBHOOK_NETWORKS": "10.1.0.0/16, fd00::/8", "WEBHOOK_PORTS": "443, 9443"}
    wider = settings.load(GOOD | more).webhook_guard
    assert [str(network) for network in wider.allowed] == ["10.1.0.0/16", "fd00::/8"]
    assert (wider.ports, wider.may_use_http) == ({443, 9443}, False)


def test_the_demo_may_tell_this_machine():
    demo = {"GOODFAITH_DEMO": "1", "DATABASE_URL": DATABASE, "MASTER_KEYS": key()}
    guard = settings.load(demo).webhook_guard
    assert guard.may_call(ip_address("127.0.0.1"))
    assert not guard.may_call(ip_address("10.0.0.1"))
    assert guard.may_use_http


def test_the_role_behind_the_wall_is_derived_or_given_and_never_the_products_own():
    derived = settings.load(GOOD).community_database_url
    assert derived.startswith("postgresql+psycopg://goodfaith_community:")
    assert derived.endswith("@db.bank.test/goodfaith")
    assert ":pw@" not in derived
    given = "postgresql://other:secret@db.bank.test/goodfaith"
    found = settings.load(GOOD | {"COMMUNITY_DATABASE_URL": given})
    assert found.community_database_url == given.replace("postgresql", "postgresql+psycopg", 1)
    assert "secret" not in repr(found)
    [line] = problems(GOOD | {"COMMUNITY_DATABASE_URL": DATABASE.replace("pw", "other")})
    assert line.startswith("COMMUNITY_DATABASE_URL: must name a role of its own")
    [line] = problems(GOOD | {"DATABASE_URL": "postgresql:///goodfaith?host=/run/postgresql"})
    assert line.startswith("COMMUNITY_DATABASE_URL")


MAIL = {
    "SMTP_URL": "smtps://bank%40x:p%2Fw@mail.bank.test",
    "MAIL_FROM": "The bank <news@bank.test>",
    "MAIL_UNSUBSCRIBE": "mailto:stop@bank.test",
}


def test_mail_needs_a_server_a_sender_and_a_way_out(tmp_path):
    assert settings.load(GOOD).mail is None
    mail = settings.load(GOOD | MAIL).mail
    assert (mail.host, mail.port, mail.user, mail.password) == (
        "mail.bank.test", 465, "bank@x", "p/w",
    )  # fmt: skip
    assert "p/w" not in repr(mail)
    (tmp_path / "smtp").write_text("smtp+starttls://relay.bank.test:2525\n")
    in_a_file = {"SMTP_URL": "", "SMTP_URL_FILE": str(tmp_path / "smtp")}
    mail = settings.load(GOOD | MAIL | in_a_file).mail
    assert (mail.scheme, mail.port, mail.user) == ("smtp+starttls", 2525, "")
    here = {"GOODFAITH_DEMO": "1", "SMTP_URL": "smtp://127.0.0.1:1025"}
    assert settings.load(GOOD | MAIL | here).mail.scheme == "smtp"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://mail.bank.test"),
        ("SMTP_URL", "smtp://127.0.0.1:1025"),  # beyond the demo
        ("SMTP_URL", "https://mail.bank.test"),
        ("SMTP_URL", "smtps://mail.bank.test/inbox"),
        ("SMTP_URL", "smtps://only-a-name@mail.bank.test"),
        ("SMTP_URL", "smtps://a:密码@mail.bank.test"),
        ("SMTP_URL", "smtps://a:b@mail.bank.test:port"),
        ("SMTP_URL", "smtps://"),
        ("MAIL_FROM", ""),
        ("MAIL_FROM", "The bank"),
        ("MAIL_FROM", "news@bank.test\nBcc: x@bank.test"),
        ("MAIL_FROM", "Bank <news@bank.test> and more"),
        ("MAIL_FROM", "news..bank@bank.test"),
        ("MAIL_UNSUBSCRIBE", ""),
        ("MAIL_UNSUBSCRIBE", "http://bank.test/stop"),
        ("MAIL_UNSUBSCRIBE", "mailto:stop@bank.test>,<https://bank.test"),
    ],
)
def test_mail_that_others_could_read_or_forge_is_refused(name, value):
    [line] = problems(GOOD | MAIL | {name: value})
    assert line.startswith(f"{name}: ")
    assert "only-a-name" not in line
