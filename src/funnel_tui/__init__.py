"""Proactive, self-serve and human support, live on one terminal screen."""

__version__ = "0.1.0"
