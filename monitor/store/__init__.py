"""The database: tables, the verbs that read and write them, migrations."""
