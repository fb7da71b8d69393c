"""Chatwoot, hosted or self-hosted: conversations with their messages, reporting events, ratings, people, articles."""
