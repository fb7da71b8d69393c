"""The dashboard. Importing this package is cheap: Textual is imported when something is run.

`launch` is the fast way in: it draws a skeleton, reads the cache and shows the numbers before Textual is imported.
"""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funnel_tui.metrics import ReportRequest
    from funnel_tui.model.clock import Clock
    from funnel_tui.settings import Settings
    from funnel_tui.sync import Poller, SyncUpdate

    from .app import FunnelApp
    from .live_config import LiveConfig

__all__ = ["first_run", "launch", "run"]

NUMBERS_SECONDS = 0.5
"""So long the screen waits for the numbers alone; where they take longer, Textual is imported meanwhile."""


def launch(
    *,
    settings: "Settings",
    cache: Path,
    clock: "Clock",
    poller_factory: "Callable[[Callable[[SyncUpdate], None]], Poller] | None",
    title: str,
    initial: "ReportRequest | None" = None,
    config: "Callable[[], LiveConfig] | None" = None,
    read_only: bool = False,
) -> int:
    """Open the dashboard on `cache` and return its exit code when it ends.

    `poller_factory` is called in a thread after the first frame, with the function that takes the poller's updates;
    None shows the cache only. `config` makes the configuration that may change meanwhile. `read_only` says on screen
    that this process writes nothing; whoever opens the dashboard gives it no poller then. `title` is the workspace's
    name on screen. Needs a terminal on stdin and stderr.
    """
    from .skeleton import skeleton

    # What is made from here to the first whole frame stays: to search it for garbage takes longer than it saves.
    gc.disable()
    with skeleton(title, settings.ui.glyphs) as show:
        from .loader import Loader
        from .state import Live, to_view

        view, live = to_view(initial), Live(polling=poller_factory is not None, read_only=read_only)
        loader = Loader.on_cache(cache, settings, clock, read_only=read_only)
        loader.report(view)
        loader.start()

        from .first_frame import first_frame
        from .theme import told_depth

        # The numbers come before the rest of the imports: threads that import share one interpreter.
        first = loader.first(NUMBERS_SECONDS)
        if first is not None:
            found, now = first.value, clock()
            show(
                lambda size: first_frame(
                    found, view, settings, title=title, live=live, now=now, size=size, depth=told_depth()
                )
            )

        from .app import FunnelApp
        from .running import run as run_app

        app = FunnelApp(
            settings=settings,
            cache=cache,
            clock=clock,
            poller_factory=poller_factory,
            title=title,
            initial=view,
            loader=loader,
            config=config() if config is not None else None,
            read_only=read_only,
            first=first,
        )
    return run_app(app)


def run(app: "FunnelApp") -> int:
    """Run an app that was made already; see `running.run`."""
    from .running import run as run_app

    return run_app(app)


def first_run(config: Path) -> str | None:
    """What to do without a configuration: `demo`, `init` or None for leaving. `config` is where it would lie."""
    from .screens.first_run import FirstRunApp

    return FirstRunApp(config).run()
