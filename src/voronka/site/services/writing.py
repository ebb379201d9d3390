"""A visit that has been, written down as the collector does: of the demo company's shop and of tests."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from voronka.site.models import Site
from voronka.site.services.collecting import new_public_id

Told = tuple[float, str, Mapping[str, Any]]  # seconds from the beginning, kind, about


def write_visit(
    site: Site, key: uuid.UUID, told: Sequence[Told], *, begun: datetime, head: Mapping[str, Any]
) -> None:
    """Write a visit of the browser that has `key`, by the collector's own function of the database."""

    def at(seconds: float) -> float:
        return (begun + timedelta(seconds=seconds)).timestamp()

    last = max((seconds for seconds, _kind, _about in told), default=0)
    came = [{"s": site.pk, "v": key.hex, "p": new_public_id(), "m": False, "f": at(0), "l": at(last), "h": head}]
    events = [{"b": 1, "k": uuid.uuid4().hex, "n": kind, "a": at(after), "d": about} for after, kind, about in told]
    with connection.cursor() as cursor:
        cursor.execute("SELECT site_collect(%s, %s, %s)", [site.company_id, json.dumps(came), json.dumps(events)])
