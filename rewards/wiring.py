"""What rewards plugs into the application."""

from backend.kit.wiring import Wiring

WIRING = Wiring()
