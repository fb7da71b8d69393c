"""Intercom, API version 2.16 (and, field by field, what older versions say instead)."""
