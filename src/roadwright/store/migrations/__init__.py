"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0001"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "d31db17ac413dd2781df984c8ce8cbd82568e3c07bb6269e936bcfb1ac81fdb5",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
