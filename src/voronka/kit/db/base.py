"""Django's PostgreSQL backend that names the company and the actor when a transaction begins.

Row-level security reads `app.company_id`; the history triggers read `app.actor`. Both are set with
`set_config(..., true)`, so they end with the transaction and a pooled connection never carries a
company over to the next request. A query outside a transaction sees no company row at all.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg.postgres import types
from psycopg.pq import Format

from voronka.kit.tenancy.context import OutsideTransaction, current_place, current_settings

_TIMESTAMPTZ = types["timestamptz"].oid
# psycopg's own reader of moments, compiled where there is one. Django puts its own in its place, in Python, to give
# moments the connection's zone; ours is always UTC, which the server sends already.
_READER = psycopg.adapters.get_loader(_TIMESTAMPTZ, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    """Set the company and actor of the running context at the start of each transaction."""

    _is_connecting = _reads_quickly = False

    def connect(self) -> None:
        """Open the connection; what Django asks the catalogue of a new one concerns no company."""
        self._is_connecting = True
        try:
            super().connect()
        finally:
            self._is_connecting = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a new connection, which reads moments in a tenth of the time."""
        connection = super().get_new_connection(conn_params)
        self._reads_quickly = self.timezone_name == "UTC" and _READER is not None
        if self._reads_quickly:
            connection.adapters.register_loader(_TIMESTAMPTZ, _READER)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor as Django does, without the question whether its moments have the right zone."""
        if not self._reads_quickly:
            return super().create_cursor(name)
        if name:
            withhold = self.connection.autocommit
            make: Any = base.ServerSideCursor  # the stubs tell that of psycopg 2
            return make(self.connection, name=name, scrollable=False, withhold=withhold)
        return self.connection.cursor()

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # absent from the stubs
        if not autocommit and current_settings()[0] is not None:
            self.apply_company()

    def cursor(self) -> CursorWrapper:
        """Return a cursor. Raises OutsideTransaction where a job forgot its transaction."""
        place = current_place()
        if place is not None and place.is_strict and not self.in_atomic_block and not self._is_connecting:
            raise OutsideTransaction(f"{place.origin}: wrap the statements in transaction.atomic()")
        return super().cursor()

    def apply_company(self) -> None:
        """Write the current company and actor into the open transaction.

        Sent on the bare connection: it belongs to BEGIN, and query counts of pages leave it out.
        """
        company, actor = current_settings()
        with self.wrap_database_errors:
            self.connection.execute(
                "SELECT set_config('app.company_id', %s, true), set_config('app.actor', %s, true)",
                [str(company) if company is not None else "", actor],
            )
