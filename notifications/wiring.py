"""What notifications plugs into the application."""

from backend.kit.wiring import Wiring
from notifications.deliveries import service as deliveries  # noqa: F401 - its tables are known

WIRING = Wiring()
