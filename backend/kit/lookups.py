"""Looking names up with a resolver that may take its time, or never answer.

Each look-up has a thread of its own, of which there are a few: nobody waits for a thread beyond
the end of his call, and a process that stops waits for none. A name is looked up once at a time, by
whoever comes first; the others wait for the same answer, so that a slow name holds one thread.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

LOOK_UPS_MAX = 8

Resolve = Callable[[str, int], Sequence[str]]


class NotBegunError(Exception):
    """No thread came free in time: nobody was asked for the name."""


class LookUps:
    """The look-ups of one process that are in hand."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._places = threading.BoundedSemaphore(LOOK_UPS_MAX)
        self._lock = threading.Lock()
        self._in_hand: dict[str, Future[Sequence[str]]] = {}

    def find(self, host: str, port: int, *, left: Callable[[], float]) -> Sequence[str]:
        """The addresses. `left` tells the seconds that there are, or raises TimeoutError.

        Raises NotBegunError, TimeoutError, and what the resolver raises.
        """
        return self._share(host, port, left).result(left())

    def _share(self, host: str, port: int, left: Callable[[], float]) -> Future[Sequence[str]]:
        with self._lock:
            begun = self._in_hand.get(host)
        if begun is not None:
            return begun
        if not self._places.acquire(timeout=left()):
            raise NotBegunError
        with self._lock:
            begun = self._in_hand.get(host)
            if begun is None:
                return self._begin(host, port)
        self._places.release()
        return begun

    def _begin(self, host: str, port: int) -> Future[Sequence[str]]:
        told: Future[Sequence[str]] = Future()
        # A daemon: the end of the process waits for no resolver.
        thread = threading.Thread(
            target=self._run, args=(host, port, told), daemon=True, name="look-up"
        )
        try:
            thread.start()
        except RuntimeError:
            self._places.release()
            raise NotBegunError from None
        self._in_hand[host] = told
        return told

    def _run(self, host: str, port: int, told: Future[Sequence[str]]) -> None:
        found: Sequence[str] = ()
        fault: BaseException | None = None
        try:
            found = self._resolve(host, port)
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for it
            fault = error
        with self._lock:
            del self._in_hand[host]
        self._places.release()
        if fault is None:
            told.set_result(found)
        else:
            told.set_exception(fault)
