"""A file is looked at in a process of its own, which may fill neither memory nor time of ours.

What a small file unpacks to cannot be known before it is unpacked; this process ends with it.
"""

import os
import resource
import subprocess
import sys
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

from backend.documents.errors import (
    DocumentNotRead,
    DocumentsBusy,
    DocumentTooLarge,
    PdfActive,
    PdfLocked,
    PdfTooLong,
    PictureTooLarge,
)
from backend.documents.rules import BYTES_MAX, Inspected
from backend.kit.lazy import LazyModule

if TYPE_CHECKING:
    from backend.documents import inspection
else:
    inspection = LazyModule("backend.documents.inspection")  # only that process reads files

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10
RUN_SECONDS = 30  # on a machine that is busy
WAIT_SECONDS = 5
REFUSALS = {
    each.code: each
    for each in (
        *(DocumentNotRead, DocumentTooLarge, PdfActive, PdfLocked, PdfTooLong, PictureTooLarge),
    )
}

_one_at_a_time = threading.Lock()


def inspect_apart(data: bytes) -> Inspected:
    """The file as it is kept. Refuses as `inspect`, and DocumentsBusy.

    One at a time: whoever waits for long is asked to come again, and no thread is held by it.
    """
    if len(data) > BYTES_MAX:
        raise DocumentTooLarge
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise DocumentsBusy
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "backend.documents.apart", str(CPU_SECONDS)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of ours is lent to whoever takes it over: no key, no address.
            env={"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
            timeout=RUN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentsBusy from None
    finally:
        _one_at_a_time.release()
    said, _, content = done.stdout.partition(b"\n")
    if done.returncode < 0:  # killed at its limit
        raise DocumentNotRead
    done.check_returncode()
    if said.decode() in REFUSALS:
        raise REFUSALS[said.decode()]
    return Inspected(said.decode(), content, sha256(content).digest())


def main(cpu_seconds: int) -> None:
    """Read a file from the standard input; answer its kind and bytes, or the code of a refusal."""
    inspect = inspection.inspect  # loaded before the limits count
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = inspect(sys.stdin.buffer.read())
    except tuple(REFUSALS.values()) as refusal:
        sys.stdout.buffer.write(refusal.code.encode() + b"\n")
    except MemoryError:
        sys.stdout.buffer.write(DocumentNotRead.code.encode() + b"\n")
    else:
        sys.stdout.buffer.write(found.media_type.encode() + b"\n" + found.content)


if __name__ == "__main__":
    main(int(sys.argv[1]))
