"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "fd3f992998cbfbfd5c3f7cc7a4a56c072dddda0e6cbbe37b02bd6cd8f54a8060",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
