"""The figures that packages contribute, joined by the assembly."""

from collections.abc import Mapping

from backend.kit.figures import DailyFigure

_figures: dict[str, DailyFigure] = {}


def configure(figures: Mapping[str, DailyFigure]) -> None:
    """Say which figures this installation counts, in the order in which they are shown."""
    _figures.clear()
    _figures.update(figures)


def list_figures() -> Mapping[str, DailyFigure]:
    """All of them, by name."""
    return _figures
