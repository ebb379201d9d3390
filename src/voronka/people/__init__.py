"""Clients: persons and organisations, their contacts, sources, consents, custom fields, import."""
