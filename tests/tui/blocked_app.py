"""The fake dashboard whose event loop is blocked for good as soon as somebody asks for a refresh.

So it is, with nobody asking, when a terminal has not read for long enough: the writer's queue is full then.
"""

import os
import sys
import threading

from funnel_tui.tui.app import FunnelApp

from .fake_app import main


def block(app: FunnelApp) -> None:
    os.write(2, b"BLOCKED")
    threading.Event().wait()


if __name__ == "__main__":
    FunnelApp.action_refresh = block  # type: ignore[method-assign]
    sys.exit(main())
