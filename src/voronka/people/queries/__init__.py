"""What screens and other parts may ask of clients."""

from voronka.people.queries.rows import find_custom_field, get_client_row, list_custom_fields, lock_client, main_email

__all__ = ["find_custom_field", "get_client_row", "list_custom_fields", "lock_client", "main_email"]
