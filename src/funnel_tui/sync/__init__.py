"""Keeps the cache in step with the sources: bookmarks with overlap, backfill newest first, rescans, one poller."""

from funnel_tui.sync.cache import Cache
from funnel_tui.sync.news import SourceSummary, SyncUpdate
from funnel_tui.sync.once import sync_once
from funnel_tui.sync.poller import Poller

__all__ = ["Cache", "Poller", "SourceSummary", "SyncUpdate", "sync_once"]
