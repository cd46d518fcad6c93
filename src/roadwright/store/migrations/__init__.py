"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "e31d982dba8e6e6ad285d0bb494775bf6cdc8a9022c3b8b65f0b06648f71041c",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
