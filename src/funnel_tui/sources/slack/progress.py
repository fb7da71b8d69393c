"""When pages have come to nothing although Slack goes on saying that there are more."""

from collections.abc import Iterable

IDLE_PAGES = 3
"""One page without news can be: what it held may be hidden from the token. So many in a row are the end."""


class Progress:
    def __init__(self, start: str | None = None) -> None:
        """`start`: the cursor of the first page, where it is not the beginning."""
        self._cursors = {start}
        self._items: set[str | None] = set()
        self._idle = 0

    def stuck(self, cursor: str | None, items: Iterable[str | None]) -> bool:
        """After a page that held `items`: whether `cursor`, which is to come next, leads nowhere."""
        before = len(self._items)
        self._items.update(items)
        self._idle = 0 if len(self._items) > before else self._idle + 1
        again = cursor in self._cursors
        self._cursors.add(cursor)
        return again or self._idle >= IDLE_PAGES
