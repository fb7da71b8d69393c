"""`funnel-tui demo` in a folder of its own, so that what the monkey saves lies there: FOLDER SPEED SEED."""

import os
import sys

from funnel_tui.cli.app import run

if __name__ == "__main__":
    folder, speed, seed = sys.argv[1:4]
    os.chdir(folder)
    sys.exit(run(["demo", "--days", "14", "--speed", speed, "--seed", seed]))
