"""Modules that are dear to load: when something of them is first asked for, or all at once.

Beside a `LazyModule` stands the same import under `if TYPE_CHECKING:`, so that types, linters and
contracts see what a reader sees: which module it is, and what of it is used.
"""

import gc
from importlib import import_module
from types import ModuleType
from typing import Any


class LazyModule:
    """Stands for a module until it is needed, and hands on what is asked of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        # Python's own lock lets one thread load it while the others wait.
        return getattr(import_module(self._name), attribute)


def load(name: str) -> ModuleType:
    """Import a module and all that it needs, without a look for garbage meanwhile.

    What was imported stays. To look through it again and again took a quarter of a start, and half
    of the time in which lines of a batch are stored.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
