"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "c1022847f5785c2ca98cbf58201109d2551083e1f916f253a9f4b467438d313f",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
