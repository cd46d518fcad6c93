"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0005"
"""The newest revision; a test compares it with the files."""
