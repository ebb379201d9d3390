"""The database backend: PostgreSQL whose transactions know their company and actor."""
