"""Guru: the cards of a team's own knowledge base."""
