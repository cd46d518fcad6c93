"""The database: models, sessions, migrations. It is the truth; sheets show it."""
