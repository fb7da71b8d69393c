"""Zendesk Support: tickets with their history, people, ratings of either system, help centre articles."""
