"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "3110ce1a857b53fa8a5c4bf853ded7dbb79d752b6205a28c62b3904f6d62adb8",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
