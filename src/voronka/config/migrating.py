"""Bringing the database to the newest schema, as its owner, and building the walls of tenancy on it."""

import os

from django.core.management import call_command
from django.db import connections


def migrate(*, verbosity: int = 0) -> None:
    """Apply all migrations as the owner, then build policies, grants and composite keys.

    Django must be set up. Harmless to repeat.
    """
    from voronka.kit.tenancy import walls  # it holds models, which wait for django.setup()

    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    walls.build(connections["owner"])
    connections["owner"].close()


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    django.setup()
    migrate()
