"""The demo: a simulated helpdesk behind a real HTTP server on loopback, spoken to by the real connectors.

`wire` says how the simulated world shows in Intercom's JSON, `world` is the world, `faults` what can be made to go
wrong.
"""

from funnel_tui.demo.handle import DemoError, DemoHandle, start_demo
from funnel_tui.demo.headless import serve_headless

__all__ = ["DemoError", "DemoHandle", "serve_headless", "start_demo"]
