"""Codes are short, so they could be found by trying: who tries in vain has so many tries at once, and a few a minute later on.
Good ones cost nothing: a school is one address."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

from server.settings import Settings
from server.wire.limits import Bucket, beyond

ADDRESSES = 10_000
"""Whose tries are known at a time."""
PATIENCE = 8.0
"""Seconds that who has no try left waits for one."""
MOST_WAITING = 500
"""Of one address: a class comes in at once."""
IN_ALL, IN_ALL_A_MINUTE = 1000, 600.0
"""Tries in vain of all addresses together, beyond which …"""
DELAY = 2.0
"""… each is answered so many seconds later."""


class Tries:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._burst, self._rate = settings.max_code_tries, settings.max_code_tries_per_minute
        self._of: dict[str, Bucket] = {}
        self._waiting: Counter[str] = Counter()
        self._all = Bucket(IN_ALL_A_MINUTE / 60, IN_ALL)

    async def begin(self, address: str) -> None:
        """Take a try, waiting for one where there is none left; raises `CommandError` where none comes soon."""
        if len(self._of) > ADDRESSES:
            self._of.clear()
        bucket = self._of.setdefault(address, Bucket(self._rate / 60, self._burst))
        deadline = time.monotonic() + PATIENCE
        if bucket.take():
            return
        if self._waiting[address] >= MOST_WAITING:
            raise self._refusal()
        self._waiting[address] += 1
        try:
            while not bucket.take():
                if time.monotonic() > deadline:
                    raise self._refusal()
                # At random: who tries in vain from the same address does not always come first.
                await asyncio.sleep(random.uniform(0.05, 0.3))
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]

    def good(self, address: str) -> None:
        """It was no try in vain: it is given back."""
        bucket = self._of.get(address)
        if bucket is not None:
            bucket.give()

    async def vain(self) -> None:
        """Before a try in vain is answered."""
        if not self._all.take():
            await asyncio.sleep(DELAY)

    def _refusal(self) -> Exception:
        allowed = f"{self._burst} at once, and {self._rate:g} a minute; try again in a minute"
        return beyond("max_code_tries", "Too many codes were tried in vain from your address", "code", allowed)
