"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0003"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0003_duplicates.py": "29430dcfefcfc52c33c781ad16c3cef23676e1bb4260e8793e0d2bb950df9189",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
