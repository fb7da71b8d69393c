"""Opens the dashboard on the cache named on the command line, with the clock at `NOW` and no poller."""

import sys
from pathlib import Path

from funnel_tui.settings import Settings
from funnel_tui.tui import launch

from .fake_report import NOW, ZONE

if __name__ == "__main__":
    sys.exit(
        launch(
            settings=Settings(zone=ZONE),
            cache=Path(sys.argv[1]),
            clock=lambda: NOW,
            poller_factory=None,
            title="acme",
        )
    )
