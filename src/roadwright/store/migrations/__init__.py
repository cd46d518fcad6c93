"""Schema migrations (Alembic). Each change of a model comes with one file under ``versions``."""

NEWEST = "0017"
"""The newest revision; a test compares it with the files."""

DIGESTS = {
    "0001_first_schema.py": "6789e5925bd7fe9ab244d958eb39b628791fd95556973adae568a9e59c388a96",
    "0002_adopted_runs.py": "de561b9cd2217936d9e287a248a2dfa8a2b776ca8852ac5c75a921324008ea82",
    "0003_duplicates.py": "8e6433d2c6e26a985831b826a5b3c506454ae9f0f1b41c555ce50d591a2dc874",
    "0005_params_typed_in_percent.py": "7bd16d7753e5cec7b82eda923bc2037772fb5c65076067895e3b45c856c37cbe",
    "0007_imports.py": "04992819cf96f9ff68981033ec23f642c702e27b9d1432eecfb8942fe460e606",
    "0008_people_and_jobs.py": "7f364c2f4dcb39601fa75a2e2552c054c4e317c27a56d6d9607fee5ab758e1f2",
    "0009_job_queue.py": "691f9dcf4db68ea52e689948b74c5774e7c02b4418cf5c425ce65321b266dc2e",
    "0010_requests_and_waivers.py": "3d3c54e542667aab094ba335abbd0654bacf51e8521e132cfee0e0cc51d00d4b",
    "0012_preferences.py": "0a44a5e2272adba1588c1556580a43298c1e93256d215c53edc7090100ac737d",
    "0014_stored_what_ifs.py": "c4bdda27f128af8680f6a6410a997865fb8b4adf127f2813ec1d3c4e0f516135",
    "0015_folders_of_sets.py": "a486a63f990d28203c978d2cbb66aec6629b98791dfb16c4ce8f3db7b0a970b3",
    "0016_row_conflicts.py": "8613196952b34756e439421e5b11281e280705f749478313187c54e2fd203162",
    "0017_origins_of_sets.py": "9bee862e90d1b1e79e9d4425f9de7cd0c4822fdcd238abd00b5fd0d9fc075560",
    "procrastinate_3_10.sql": "b230158c38b33cf3e89170bd2e80842c0a2ffa489f73c2d6f4685aa7a482fc6f",
}
"""The SHA-256 of each migration. A migration is never edited: databases that have run it would not get the change."""
