"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0005"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0005_params_typed_in_percent.py": "f749a60eff129e82cb77533a0869c7d6d845785799f001f9340682c12bdfa968",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
