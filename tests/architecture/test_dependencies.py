"""What is imported is what is locked: nothing works by the grace of somebody's environment."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"backend", "rewards", "notifications", "community", "tests", "bench", "migrations"}


def _declared(*files):
    """Names of distributions, normalised."""
    return {
        re.split(r"[\[<>=;#\s]", line, maxsplit=1)[0].lower().replace("_", "-")
        for file in files
        for line in (ROOT / file).read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }


def _imported(folder):
    """Top-level modules of others that a folder's code imports, with one place for each."""
    found = {}
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                found[name.partition(".")[0]] = path.relative_to(ROOT).as_posix()
    return {
        name: place
        for name, place in found.items()
        if name not in OWN and name not in sys.stdlib_module_names
    }


@pytest.mark.parametrize(
    ("folder", "files"),
    [
        *((p, ("requirements.in",)) for p in ("backend", "rewards", "notifications", "community")),
        ("migrations", ("requirements.in",)),
        ("tests", ("requirements.in", "requirements-dev.in")),
        ("bench", ("requirements.in", "requirements-dev.in")),
    ],
)
def test_every_import_is_declared(folder, files):
    declared = _declared(*files)
    carried_by = packages_distributions()
    missing = {
        name: place
        for name, place in _imported(folder).items()
        if not any(
            distribution.lower().replace("_", "-") in declared
            for distribution in carried_by.get(name, [])
        )
    }
    assert missing == {}


def test_every_declared_package_is_locked_with_a_hash():
    for source, lock in (
        ("requirements.in", "requirements.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
    ):
        text = (ROOT / lock).read_text()
        pinned = set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE))
        assert _declared(source) <= pinned
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text
