"""What quotes ask of parts above them; the assembly fills it."""

from backend.kit.ports import PlansSoFar, PointsForecast

_forecast: PointsForecast | None = None
_plans_so_far: PlansSoFar | None = None


def configure(*, forecast: PointsForecast | None, plans_so_far: PlansSoFar | None) -> None:
    """Say who answers. Without an answer no points are told, and no plan was made before."""
    global _forecast, _plans_so_far
    _forecast, _plans_so_far = forecast, plans_so_far


def forecast() -> PointsForecast | None:
    """Who knows what keeping instalments would earn."""
    return _forecast


def plans_so_far() -> PlansSoFar | None:
    """Who knows what was agreed before."""
    return _plans_so_far
