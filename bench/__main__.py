"""`make bench`: every benchmark, or those named."""

import sys
from collections.abc import Callable, Iterator

from rich.console import Console

from bench import (
    detectors,
    evidence,
    feed,
    ingest,
    login,
    payments,
    plans,
    points,
    push,
    reads,
    reminders,
    replay,
    retier,
    schedules,
)
from bench.common import SCALE, Figure

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "reads": reads.figures,
    "payments": payments.figures,
    "ingest": ingest.figures,
    "retier": retier.figures,
    "login": login.figures,
    "schedules": schedules.figures,
    "points": points.figures,
    "evidence": evidence.figures,
    "plans": plans.figures,
    "detectors": detectors.figures,
    "feed": feed.figures,
    "reminders": reminders.figures,
    "push": push.figures,
    "replay": replay.figures,
}


def main() -> None:
    """Print each figure as it is measured. Exit 1 when a goal is missed at full size."""
    console = Console(highlight=False)
    chosen = sys.argv[1:] or list(BENCHMARKS)
    console.print(f"SCALE={SCALE}; only ratios within one run carry over to another machine")
    missed = 0
    for name in chosen:
        console.print(f"\n[bold]{name}[/bold]")
        for figure in BENCHMARKS[name]():
            is_met = figure.is_met()
            goal = "" if figure.goal is None else _goal(figure)
            console.print(f"  {figure.name:<62} {figure.value:>12,.3f} {figure.unit:<8} {goal}")
            missed += is_met is False
    if missed:
        console.print(f"\n{missed} goals missed")
        sys.exit(1 if SCALE >= 1 else 0)


def _goal(figure: Figure) -> str:
    side = ">=" if figure.at_least else "<="
    mark = "met" if figure.is_met() else "MISSED"
    return f"goal {side} {figure.goal:,g}: {mark}"


if __name__ == "__main__":
    main()
