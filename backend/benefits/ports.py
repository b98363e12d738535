"""What benefits ask of parts above them; the assembly fills it."""

from backend.kit.ports import PlansSoFar

_plans_so_far: PlansSoFar | None = None


def configure(*, plans_so_far: PlansSoFar | None) -> None:
    """Say who answers. Without an answer no plan was made before."""
    global _plans_so_far  # noqa: PLW0603 - set once by the assembly
    _plans_so_far = plans_so_far


def plans_so_far() -> PlansSoFar | None:
    """Who knows what was agreed before."""
    return _plans_so_far
