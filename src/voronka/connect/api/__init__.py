"""The REST API, /api/v1/: one module a resource; `operations` says how an operation is written."""
