"""Reads the TOML configuration."""
