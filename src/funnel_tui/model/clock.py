"""The one place where the program asks what time it is, so that tests and time travel can answer instead."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Gives UTC epoch seconds."""


def system_clock() -> int:
    return int(time.time())
