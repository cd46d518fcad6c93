"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0002"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "bc6a3d0fe4325651b6062d850adbe96e9b0da39115c446e1bc20b0cde02b8a63",
    "0002_moved_database.py": "66d644c532f61fa1593b7388c343b9d820ea03df363d1ed06704470199310910",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
