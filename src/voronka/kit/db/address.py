"""Where the application's database is, for those who speak to it beside Django: streams, the pulse, the collector."""

from django.db import connection
from psycopg.conninfo import make_conninfo

_KEYS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def database_address() -> str:
    """Return the address of the application's database as psycopg wants it, by the role of the application."""
    given = connection.settings_dict
    return make_conninfo("", **{to: str(given[key]) for key, to in _KEYS.items() if given.get(key)})
