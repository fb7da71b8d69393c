"""A simulated support operation: seeded, deterministic, and alive for as long as somebody watches.

A world is a function of (seed, anchor day, time zone): every day and every conversation draws from a random stream of
its own, so that days can be made in any order and the past never changes while the future is still being made. Nothing
here knows HTTP or Intercom's JSON.
"""
