"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "bc6a3d0fe4325651b6062d850adbe96e9b0da39115c446e1bc20b0cde02b8a63",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
