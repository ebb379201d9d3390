"""Those who load price lists are told of lists that came by themselves, and of sources that gave none."""

from datetime import datetime

from voronka.accounts import queries as accounts
from voronka.accounts import services as people
from voronka.catalogue.models import PriceLoad, PriceSource
from voronka.catalogue.permissions import LOAD_LISTS

LIST, SOURCE = "price_list", "price_source"


def _loaders() -> list[int]:
    """Return the employees who may load lists."""
    return accounts.employees_who_may(LOAD_LISTS)


def tell_of_load(load: PriceLoad, now: datetime) -> None:
    """Tell of a list that nobody brought by hand, where somebody has to look at it: doubts, held prices, columns."""
    waits = load.state == "asked" or load.counts.get("asked") or load.counts.get("held")
    if load.by_id is None and waits:
        people.notify(
            employee_ids=_loaders(), code=LIST, subject_kind="price_load", subject_id=load.pk, by=None, now=now
        )


def tell_of_source(source: PriceSource, now: datetime) -> None:
    """Tell of a source that gave no list: once a day."""
    people.notify(
        employee_ids=_loaders(), code=SOURCE, subject_kind="price_source", subject_id=source.pk,
        detail_id=now.date().toordinal(), by=None, now=now,
    )  # fmt: skip
