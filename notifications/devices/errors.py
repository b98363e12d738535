"""Refusals of devices."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class DeviceUnknown(NotFound):
    code = "device-unknown"
    title = Text("There is no such device of yours.", "您没有这台设备。")
