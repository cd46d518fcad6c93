"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0007"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0007_imports.py": "a335c337c65116987f83ed66124ee753d03a3a60ef727961e99b142992ac70b5",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
