"""Opening a deal by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Pipeline
from voronka.deals.permissions import ASSIGN, OPEN_DEALS
from voronka.deals.queries.desk import get_deal
from voronka.deals.rules.edits import clean_line
from voronka.deals.services.goods import copy_goods
from voronka.deals.services.opening import DUE, FRESH, FirstStep, open_deal
from voronka.deals.services.own_fields import clean_fields
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.limits import require_writes
from voronka.kit.money import parse_amount
from voronka.people import queries as people
from voronka.work.queries import CallingHours, next_client_morning

if TYPE_CHECKING:
    from voronka.people.models import Client

REPEAT = timedelta(seconds=15)


@transaction.atomic
def open_by_hand(
    *,
    actor: Actor,
    client: str,
    pipeline: str,
    title: str,
    responsible: str,
    first: str,
    now: datetime,
    amount: str = "",
    source: str = "hand",
    fields: Mapping[str, object] = MappingProxyType({}),
    like: str = "",
) -> Deal:
    """Open a deal for a client as a person typed it, or as a program sent it (`source` api).

    Records are named by public ids; `responsible` may also be me or pool, `first` is now or morning. `fields` are
    values of own fields by code, `like` an earlier deal of the client whose goods are sold again: their sum takes the
    place of `amount`. A form sent twice opens one deal. Raises Invalid with the problems at their fields.
    """
    actor.require(OPEN_DEALS)
    if amount.strip():
        require_writes(actor, ["deal.sum"], name_of=lambda _code: _("Sum"))
    card = people.get_client(actor, client)
    if people.lock_client(card.pk) != card.pk:  # joined to another meanwhile
        card = people.get_client(actor, client)
    problems: dict[str, str] = {}
    title = clean_line(title[:2000])
    if len(title) > 200:
        problems["title"] = _("Longer than %(limit)s signs.") % {"limit": 200}
    chosen = Pipeline.objects.filter(public_id=pipeline, is_active=True).first()
    if chosen is None:
        problems["pipeline"] = _("This choice is no longer in the list.")
    total = _total(amount, problems)
    owner = _owner(actor, responsible, problems)
    values = _values(actor, fields, problems)
    if problems or chosen is None:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    again = Deal.objects.filter(client=card, pipeline=chosen, title=title, source=source, made_at__gt=now - REPEAT)
    repeated = again.order_by("-id").first()
    if repeated is not None:
        return repeated
    model = _model(actor, like, card.pk)
    made = open_deal(
        actor=actor,
        client_id=card.pk,
        now=now,
        pipeline_id=chosen.pk,
        title=title,
        amount=total,
        responsible_id=owner,
        first=_first_step(card, first, now),
        source=source,
        fields=values,
    )
    if model is not None:
        copy_goods(actor=actor, source=model, deal=made, now=now)
    return made


def _total(typed: str, problems: dict[str, str]) -> Decimal | None:
    """Return the typed sum, None for none; what is wrong with it is noted among the problems."""
    if not typed.strip():
        return None
    try:
        total = parse_amount(typed)
    except ValueError:
        problems["amount"] = _("This is not a sum. Example: 184 000,50")
        return None
    if total < 0:
        problems["amount"] = _("A sum cannot be below zero.")
    return total


def _first_step(card: "Client", when: str, now: datetime) -> FirstStep:
    """Return the first call of a deal: now, or on the client's next working morning."""
    if when != "morning":
        return FirstStep("call", _("Call: new request"), FRESH, now)
    hours = CallingHours.of_client(card, accounts.get_company_rules())
    return FirstStep("call", _("First call"), DUE, next_client_morning(hours, now))


def _model(actor: Actor, public_id: str, client_id: int) -> Deal | None:
    """Return the earlier deal of the client whose goods are sold again, None for none or one without goods."""
    if not public_id:
        return None
    found = get_deal(actor, public_id)
    if found.client_id != client_id:
        raise NotFound(_("There is no such deal, or it is not yours."))
    return found if found.goods_count else None


def _values(actor: Actor, given: Mapping[str, object], problems: dict[str, str]) -> dict[str, object]:
    try:
        cleaned = clean_fields(actor, given)
    except Invalid as wrong:
        problems |= wrong.fields
        return {}
    return {code: value for code, value in cleaned.items() if value is not None}


def _owner(actor: Actor, word: str, problems: dict[str, str]) -> int | None:
    if word == "me":
        return actor.employee_id
    if word == "pool":
        return None
    found = next((one.pk for one in accounts.list_employees() if one.public_id == word), None)
    if found is None or not actor.may(ASSIGN):
        problems["responsible"] = _("This choice is no longer in the list.")
    return found
