"""Locks of what hangs together over many rows: the tree of categories, what kits are made of, free codes."""

from django.db import connection

from voronka.kit.tenancy import current_company_id


def lock_whole(what: str) -> None:
    """Let nobody else of the company change `what` until this transaction ends: codes, categories, kits."""
    with connection.cursor() as cursor:
        key = f"catalogue.{what}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, current_company_id()])
