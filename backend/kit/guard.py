"""A supervised process ends when its supervisor does, even when that was killed.

The supervisor holds the writing end of a pipe and never writes. When it is gone, reading ends.
"""

import os
import signal
import threading

PIPE_VARIABLE = "GOODFAITH_SUPERVISOR_PIPE"


def stop_with_supervisor() -> None:
    """Ask this process to stop when its supervisor is gone. Nothing to do without one."""
    number = os.environ.pop(PIPE_VARIABLE, None)
    if number is not None:
        threading.Thread(target=_wait_for_end, args=(int(number),), daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
