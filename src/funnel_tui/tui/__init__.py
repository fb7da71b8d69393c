"""The dashboard. Importing this package is cheap: Textual is imported when something is run.

`launch` is the fast way in: it draws a skeleton before Textual is imported, and reads the cache while Textual starts.
"""

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

    with skeleton(title, settings.ui.glyphs):
        from .app import FunnelApp
        from .running import run as run_app

        app = FunnelApp(
            settings=settings,
            cache=cache,
            clock=clock,
            poller_factory=poller_factory,
            title=title,
            initial=initial,
            config=config() if config is not None else None,
            read_only=read_only,
        )
        # Not before the imports: two threads importing share one interpreter, and the panes would come later.
        app.loader.report(app.view)
        app.loader.start()
    return run_app(app)


def run(app: "FunnelApp") -> int:
    """Run an app that was made already; see `running.run`."""
    from .running import run as run_app

    return run_app(app)


def first_run(config: Path) -> str | None:
    """What to do without a configuration: `demo`, `init` or None for leaving. `config` is where it would lie."""
    from .screens.first_run import FirstRunApp

    return FirstRunApp(config).run()
