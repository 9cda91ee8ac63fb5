"""How often somebody may try a password: per name, so that none is guessed, and per address, so that no list is."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW = 15 * 60.0
"""Seconds over which attempts are counted."""
PER_NAME, PER_ADDRESS = 5, 20
"""Attempts within the window."""
MOST = 10_000
"""Names and addresses that are remembered; the longest unseen is forgotten first."""


class Attempts:
    """Counts attempts that failed, in memory. Its methods may be called from any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def begin(self, name: str, address: str) -> float:
        """Seconds to wait before the next attempt; 0: it may be made, and counts as failed until it succeeds.

        It is counted before the password is looked at, so that many attempts at once are no way around the limit.
        """
        with self._lock:
            now = self._now()
            keys = {("name", name): PER_NAME, ("address", address): PER_ADDRESS}
            wait = 0.0
            for key, most in keys.items():
                times = self._found.setdefault(key, deque(maxlen=PER_ADDRESS))
                self._found.move_to_end(key)
                while times and now - times[0] >= WINDOW:
                    times.popleft()
                if len(times) >= most:
                    wait = max(wait, times[0] + WINDOW - now)
            if not wait:
                for key in keys:
                    self._found[key].append(now)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
            return wait

    def succeeded(self, name: str, address: str) -> None:
        """The last attempt was right: the name begins anew, the address gets its attempt back."""
        with self._lock:
            self._found.pop(("name", name), None)
            if times := self._found.get(("address", address)):
                times.pop()
