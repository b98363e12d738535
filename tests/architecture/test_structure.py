"""What house.md asks of the code's shape, where no linter asks it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "rewards", "notifications", "community")
LINES_MAX = 400
# The transaction is opened at the edge; these are where a commit may be spelled out.
COMMITTING = {"backend/kit/db.py"}
SLICE = {
    "__init__", "routes", "staff_routes", "pages", "schemas", "handlers", "jobs", "service",
    "queries", "models", "rules", "errors", "personal_data", "assistant_tools",
}  # fmt: skip
FEATURELESS = {"kit", "events", "commands", "demo"}


def _sources(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", _sources(*PACKAGES, "tests", "migrations", "bench"), ids=_name)
def test_a_file_stops_at_400_lines(path):
    assert len(path.read_text().splitlines()) <= LINES_MAX


def test_only_the_kit_commits():
    guilty = [
        f"{_name(path)}:{number}"
        for path in _sources(*PACKAGES)
        if _name(path) not in COMMITTING
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"\.commit\(", line)
    ]
    assert guilty == []


def test_one_place_reads_where_a_request_comes_from():
    words = re.compile(r"remote_addr|REMOTE_ADDR|access_route|X-Forwarded|Forwarded-For|X-Real-IP")
    reading = [_name(path) for path in _sources(*PACKAGES) if words.search(path.read_text())]
    assert reading == ["backend/kit/addresses.py"]


def test_one_place_writes_the_log_of_looks():
    """Whoever shows a borrower to staff asks `borrowers.service.look`, which decides and logs."""
    words = re.compile(r"insert\(AccessLog\)|INSERT INTO access_log")
    writing = [_name(path) for path in _sources(*PACKAGES) if words.search(path.read_text())]
    assert writing == ["backend/borrowers/service/looks.py"]


def test_every_package_and_feature_says_what_it_is_in_12_lines():
    silent = []
    for path in _sources(*PACKAGES):
        if path.name != "__init__.py":
            continue
        words = ast.get_docstring(ast.parse(path.read_text())) or ""
        if not words or len(words.splitlines()) > 12:
            silent.append(_name(path))
    assert silent == []


def test_a_route_opens_the_transaction_and_a_service_does_not():
    guilty = [
        _name(path)
        for path in _sources(*PACKAGES)
        if ("service" in path.parts or path.stem in ("service", "queries", "rules"))
        and "demo" not in path.parts
        and re.search(r"\b(transaction|reading|joining)\(\)", path.read_text())
    ]
    assert guilty == []


def test_rules_ask_no_clock():
    guilty = [
        _name(path)
        for path in _sources(*PACKAGES)
        if path.stem in ("rules", "service", "queries", "models")
        and re.search(r"\bclock\.(now|wall)\(", path.read_text())
    ]
    assert guilty == []


def test_no_folder_is_empty_of_code():
    """Folders are made for what exists."""
    idle = [
        _name(path.parent)
        for path in _sources(*PACKAGES)
        if path.name == "__init__.py"
        and path.parent.parent != ROOT
        and len(list(path.parent.glob("*.py"))) == 1
        and not any(
            child.is_dir() and child.name != "__pycache__" for child in path.parent.iterdir()
        )
    ]
    assert idle == []


def test_every_sibling_package_has_its_wiring():
    assert [p for p in PACKAGES if not (ROOT / p / "wiring.py").exists()] == []


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        _name(path)
        for path in _sources(*PACKAGES, "migrations", "bench")
        if words.search(path.read_text())
    ]
    assert found == []


def test_migrations_are_one_straight_line():
    links = {}
    for path in sorted((ROOT / "migrations/versions").glob("*.py")):
        text = path.read_text()
        revision = re.search(r'^revision = "(.+)"', text, re.MULTILINE)
        parent = re.search(r'^down_revision = (?:"(.+)"|None)', text, re.MULTILINE)
        links[revision[1]] = parent[1]
    ordered = sorted(links)
    assert [links[revision] for revision in ordered] == [None, *ordered[:-1]]
