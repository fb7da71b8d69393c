"""The demo as a process of its own: it announces itself, tells its time, and never outlives its parent."""

import json
import os
import select
import signal
import subprocess
import sys
import textwrap
from urllib.request import Request, urlopen

import pytest

from funnel_tui.demo import DemoError, start_demo
from funnel_tui.demo.handle import child_environment
from tests.demo.worlds import ANCHOR

PATIENCE = 20_000
"""Milliseconds after which a process that should have gone counts as hung."""


def gone(pidfd: int) -> bool:
    """Wait until the process behind a pidfd has ended."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(PATIENCE))


def test_it_starts_answers_and_stops() -> None:
    with start_demo(days=1, speed=0, zone="Europe/London", arguments=("--anchor", str(ANCHOR))) as demo:
        assert demo.clock() == ANCHOR
        assert demo.zone == "Europe/London"
        assert demo.url.startswith("http://127.0.0.1:")
        with urlopen(Request(f"{demo.url}/me", headers={"Authorization": f"Bearer {demo.token}"})) as answer:
            assert json.load(answer)["type"] == "admin"
    assert demo.process.poll() == 0
    demo.stop()


def test_a_demo_that_cannot_start_says_so() -> None:
    with pytest.raises(DemoError, match="status"):
        start_demo(arguments=("--no-such-option",))


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd")
def test_it_dies_with_a_parent_that_is_killed() -> None:
    script = textwrap.dedent("""
        import sys
        from funnel_tui.demo import start_demo
        demo = start_demo(days=1)
        print(demo.process.pid, flush=True)
        sys.stdin.read()
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=child_environment(),
    )
    assert parent.stdout is not None
    pidfd = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
        assert gone(pidfd)
    finally:
        os.close(pidfd)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_headless_serves_until_told_to_stop(number: signal.Signals) -> None:
    script = "import sys; from funnel_tui.demo import serve_headless; sys.exit(serve_headless(1, 1, 1.0))"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        server = json.loads(process.stdout.readline())["servers"]["intercom"]
        with urlopen(
            Request(f"{server['url']}/teams", headers={"Authorization": f"Bearer {server['token']}"})
        ) as answer:
            assert json.load(answer)["type"] == "team.list"
        process.send_signal(number)
        snippet = process.stderr.read()
        assert process.wait() == 0
    assert f'base_url = "{server["url"]}"' in snippet


def test_the_server_needs_no_third_party_library() -> None:
    script = """
import sys, funnel_tui.demo.server
print(*(sys.modules.keys() & {'httpx', 'textual', 'msgspec', 'rich'}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=child_environment()
    )
    assert done.stdout.strip() == ""
