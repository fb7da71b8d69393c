"""Slack: what is asked inside chat channels, and who answers."""
