"""Keys rotate only over what is known: every sealed column is named in a wiring, once."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from backend import app as assembly
from backend.kit.db import Base, WalledBase

ROOT = Path(__file__).parents[2]
PACKAGES = ("backend", "rewards", "notifications", "community")
TABLES = {**Base.metadata.tables, **WalledBase.metadata.tables}
SEALED = {(each.table, each.column): each for each in assembly.sealed()}
SEALING = {"encrypt", "encrypt_bytes"}
# What seals for somebody else: the kit itself, and its job.
KIT = {"backend/kit/crypto.py", "backend/kit/resealing.py"}


def _sealing_modules():
    """Files whose code calls `crypto.encrypt...`, with the constants and literals they give."""
    found = {}
    for path in sorted(p for folder in PACKAGES for p in (ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in SEALING
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "crypto"
        ]
        if calls and name not in KIT:
            found[name] = calls
    return found


def test_every_cipher_column_is_registered():
    ciphers = {
        (name, column.name)
        for name, table in TABLES.items()
        for column in table.columns
        if column.name.endswith("_cipher") and isinstance(column.type, LargeBinary)
    }
    assert ciphers - set(SEALED) == set()


def test_what_is_registered_exists_once_and_is_bytes():
    assert [key for key, n in Counter((s.table, s.column) for s in assembly.sealed()).items()
            if n > 1] == []  # fmt: skip
    for table, column in SEALED:
        assert isinstance(TABLES[table].c[column].type, LargeBinary)


@pytest.mark.parametrize("name", _sealing_modules())
def test_a_module_that_seals_writes_registered_columns_only(name):
    """Each context that a module gives to `encrypt` is one that a wiring names."""
    contexts = {each.context for each in SEALED.values()}
    module = __import__(name.removesuffix(".py").replace("/", "."), fromlist=["_"])
    unknown = [
        f"{name}:{call.lineno}"
        for call in _sealing_modules()[name]
        if (given := _context_of(call, module)) is not None and given not in contexts
    ]
    assert unknown == []


def _context_of(call, module):
    """The context as written: a literal or a constant of the module; None where it is a loop's."""
    [value] = [keyword.value for keyword in call.keywords if keyword.arg == "context"]
    if isinstance(value, ast.Constant):
        return value.value
    if isinstance(value, ast.Name):
        return getattr(module, value.id, None)
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return getattr(getattr(module, value.value.id, None), value.attr, None)
    return ast.unparse(value)


def test_every_table_of_keyed_hashes_says_under_which_key():
    named = {table.name for table in TABLES.values() if "key_name" in table.columns}
    assert named == {each.table for each in assembly.hashed()}
