"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0002"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0002_adopted_runs.py": "de561b9cd2217936d9e287a248a2dfa8a2b776ca8852ac5c75a921324008ea82",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
