"""How commands find the instance in DATA_DIR, and whom it is not for."""

import os

import pytest

from backend.commands.instance import load_environment, make_secrets, write_instance
from backend.settings import SECRETS


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for name in (*SECRETS, "REDIS_URL", "GOODFAITH_DEMO"):
        # Set and deleted, so that what the code under test sets is undone.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    make_secrets(tmp_path)
    write_instance(tmp_path, {"DATABASE_URL": "postgresql://demo", "GOODFAITH_DEMO": "1"})
    return tmp_path


def test_a_command_without_settings_gets_those_of_the_instance(instance):
    load_environment()
    assert all(os.environ[name] for name in SECRETS)
    assert os.environ["GOODFAITH_DEMO"] == "1"


def test_a_command_for_another_database_gets_no_demo_keys(instance, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://production")
    load_environment()
    assert "FIELD_KEYS" not in os.environ
    assert "GOODFAITH_DEMO" not in os.environ


def test_secrets_are_made_once(instance):
    assert make_secrets(instance) == make_secrets(instance)


def test_without_an_instance_nothing_happens(instance, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(instance / "elsewhere"))
    load_environment()
    assert "DATABASE_URL" not in os.environ
