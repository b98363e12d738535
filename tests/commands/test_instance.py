"""How commands find the instance in DATA_DIR, and whom it is not for."""

import json
import os

import pytest

from backend.commands.instance import load_environment, make_secrets, write_instance
from backend.settings import SECRETS


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for name in (*SECRETS, "GOODFAITH_DEMO"):
        # Set and deleted, so that what the code under test sets is undone.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    make_secrets(tmp_path)
    write_instance(tmp_path, {"DATABASE_URL": "postgresql://demo", "GOODFAITH_DEMO": "1"})
    return tmp_path


def test_a_command_without_settings_gets_those_of_the_instance(instance):
    load_environment()
    assert os.environ["MASTER_KEYS"].startswith("demo:")
    assert os.environ["DATABASE_URL"] == "postgresql://demo"
    assert os.environ["GOODFAITH_DEMO"] == "1"


def test_a_command_for_another_database_gets_no_demo_keys(instance, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://production")
    load_environment()
    assert "MASTER_KEYS" not in os.environ
    assert "GOODFAITH_DEMO" not in os.environ


def test_a_command_whose_secrets_stand_in_files_is_of_another_installation(instance, monkeypatch):
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/secrets/database_url")
    load_environment()
    assert "DATABASE_URL" not in os.environ
    assert "MASTER_KEYS" not in os.environ


def test_secrets_are_made_once(instance):
    assert make_secrets(instance) == make_secrets(instance)


def test_secrets_of_an_older_version_stay_beside_the_new_one(tmp_path):
    old = {"FIELD_KEYS": "demo:abc", "LOOKUP_KEY": "abc", "TOKEN_KEYS": "demo:abc"}
    (tmp_path / "secrets.json").write_text(json.dumps(old))
    made = make_secrets(tmp_path)
    assert made == old | {"MASTER_KEYS": made["MASTER_KEYS"]}
    assert make_secrets(tmp_path) == made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_without_an_instance_nothing_happens(instance, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(instance / "elsewhere"))
    load_environment()
    assert "DATABASE_URL" not in os.environ
