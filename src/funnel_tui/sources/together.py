"""Independent calls at the same time."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from funnel_tui.sources.errors import SourceError

T = TypeVar("T")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Their results, in order; the first failure ends them all, and the most telling one is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except BaseExceptionGroup as errors:
        raise _telling(errors) from None
    return [task.result() for task in tasks]


def _telling(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    leaves = [_telling(error) if isinstance(error, BaseExceptionGroup) else error for error in errors.exceptions]
    return next((leaf for leaf in leaves if isinstance(leaf, SourceError)), leaves[0])
