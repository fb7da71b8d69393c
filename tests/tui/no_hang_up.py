"""The fake dashboard in a session without a terminal of its own, where a hang-up brings no signal at all."""

import os
import signal
import sys

from .fake_app import main


def detached() -> int:
    """Run the dashboard in a child with a session of its own; its exit code, or minus the signal that ended it."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(main())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(detached())
