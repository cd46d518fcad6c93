"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0008"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0008_people_and_jobs.py": "f42e183ab55f052f1f185cb04cf08f25d84b10ac9dab45e3d20ac31f15f8aca9",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
