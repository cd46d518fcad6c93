"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "28ef2e4a6104a0de0732a73c298fa4bfb3a145b0407932a2d448468d5d3f9a5f",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
