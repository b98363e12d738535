"""Modules that are dear to load are loaded late, once, and without looking for garbage."""

import gc
import subprocess
import sys

import pytest

from backend.kit import lazy

LATE = ("holidays", "PIL", "pypdf", "reportlab")


def test_a_module_is_loaded_when_something_of_it_is_asked(monkeypatch):
    calendar = lazy.LazyModule("calendar")
    monkeypatch.delitem(sys.modules, "calendar")
    assert "calendar" not in sys.modules
    assert calendar.isleap(2024)
    assert "calendar" in sys.modules


def test_what_a_module_lacks_is_missed():
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = lazy.LazyModule("calendar").no_such_thing


def test_garbage_is_looked_for_again_after_a_failed_load():
    with pytest.raises(ModuleNotFoundError):
        lazy.load("backend.no_such_module")
    assert gc.isenabled()


def test_the_application_starts_without_what_it_seldom_needs():
    asked = "import sys, backend.app; print([each for each in sys.argv[1:] if each in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", asked, *LATE], stdout=subprocess.PIPE, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
