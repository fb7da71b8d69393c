"""Runs the dashboard on made-up figures inside a tmux of its own, with tmux's defaults."""

import os
import shlex
import sys

if __name__ == "__main__":
    inner = shlex.join([sys.executable, "-m", "tui.fake_app", "still"])
    os.execvp("tmux", ["tmux", "-f", "/dev/null", "new-session", inner])
