"""The larger screens by name, each imported when it is first shown."""

from importlib import import_module

from .base import FunnelScreen

SCREENS = {
    "proactive": "proactive:ProactiveScreen",
    "selfserve": "selfserve:SelfserveScreen",
    "human": "human:HumanScreen",
    "comparison": "comparison:ComparisonScreen",
    "funnel": "funnel:FunnelFlowScreen",
    "sources": "sources:SourcesScreen",
}
"""Name to module and class inside this package, in the order in which help lists them."""


def make_screen(name: str) -> FunnelScreen:
    """Raises KeyError for a name that is none of `SCREENS`."""
    module, _, kind = SCREENS[name].partition(":")
    screen: FunnelScreen = getattr(import_module(f"funnel_tui.tui.screens.{module}"), kind)()
    return screen
