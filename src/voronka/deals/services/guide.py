"""The first day of a company: its trade, clients to try the product on, and what is done already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts import services as company
from voronka.deals.events import ExampleDealRemoved
from voronka.deals.models import ButtonSet, Deal, Guide, LossReason, Pipeline, PipelineMember, Press, Stage
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.rules.trades import Trade, example_people, trades
from voronka.deals.services.opening import BACKLOG, DUE, FirstStep, open_deal
from voronka.deals.services.shipped import NEW_CLIENTS, ship
from voronka.kit import stakes
from voronka.kit.actors import CHANGE_SETTINGS, Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.messaging import services as messaging
from voronka.people import queries as people
from voronka.people import services as clients
from voronka.people.services import ClientDraft, ContactDraft, FieldDraft

if TYPE_CHECKING:
    from voronka.people.models import CustomField

STEPS = ("trade", "clients", "first", "people")
FRESH_LEADS = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a company is. `done` are codes of STEPS; `trade` is empty until one is chosen.

    `minutes` have passed from the founding to the first press, or till now; `may_change` tells whether another trade
    may still be chosen.
    """

    done: frozenset[str]
    trade: str
    example: int
    minutes: float
    may_change: bool
    is_dismissed: bool

    @property
    def present(self) -> str:
        """Return the code of the step that is next, empty when all are done."""
        return next((one for one in STEPS if one not in self.done), "")


def may_guide(actor: Actor) -> bool:
    """Tell whether a person sets the company up, and so is led."""
    return actor.may(CHANGE_SETTINGS) and actor.may(EDIT_BUTTONS)


def read_progress(actor: Actor, *, now: datetime) -> Progress:
    """Return how far the company is, by its own rows. Raises Denied."""
    _require(actor)
    guide = Guide.objects.first() or Guide()
    first = Press.objects.order_by("id").values_list("at", flat=True).first()
    founded = accounts.founded_at()
    done = {
        "trade": bool(guide.trade),
        "clients": people.any_client(),
        "first": first is not None,
        "people": accounts.count_employees() > 1,
    }
    return Progress(
        done=frozenset(code for code, is_done in done.items() if is_done),
        trade=guide.trade,
        example=people.count_of(guide.example) if guide.example else 0,
        minutes=max(((first or now) - founded) / timedelta(minutes=1), 0.0),
        may_change=not Deal.objects.exists() and not _is_reworked(guide.trade),
        is_dismissed=guide.dismissed_at is not None,
    )


def is_led(actor: Actor) -> bool:
    """Tell whether the person's home is the guide: he sets up a company that has no client yet."""
    if not may_guide(actor) or people.any_client():
        return False
    return not Guide.objects.filter(dismissed_at__isnull=False).exists()


def offered_trades(actor: Actor) -> list[Trade]:
    """Return the trades that the company may choose from, in its language. Raises Denied."""
    _require(actor)
    return list(trades(accounts.get_company_rules().language).values())


@transaction.atomic
def choose_trade(*, actor: Actor, code: str, now: datetime) -> bool:
    """Set the company up for a trade: pipelines, buttons, fields, letters, calling hours. Returns whether it changed.

    May be chosen anew until the first deal. Raises Denied; Invalid for an unknown trade; Conflict once a deal stands
    in a pipeline or somebody has changed a stage or a button.
    """
    _require(actor)
    offered = trades(accounts.get_company_rules().language)
    if code not in offered:
        raise Invalid(_("There is no such trade."), fields={"trade": _("There is no such trade.")})
    guide = _locked()
    if guide.trade == code:
        return False
    if Deal.objects.exists() or _is_reworked(guide.trade):
        raise Conflict(_("The pipelines are in use already: change them in the settings."))
    former, trade = offered.get(guide.trade), offered[code]
    for model in (ButtonSet, Stage, PipelineMember, Pipeline, LossReason):
        model.objects.all().delete()
    ship(actor=actor, now=now, trade=trade)
    clients.set_up_fields(actor=actor, add=_fields(trade), drop=_fields(former))
    messaging.set_up_templates(actor=actor, add=_letters(trade), drop=_letters(former))
    hours = {"call_opens_minute": trade.opens_minute, "call_closes_minute": trade.closes_minute}
    company.change_company(actor=actor, changes=dict(hours))
    guide.trade, guide.chosen_at = code, now
    guide.save(update_fields=["trade", "chosen_at"])
    return True


@transaction.atomic
def take_example(*, actor: Actor, now: datetime) -> int:
    """Give the company invented clients, nine of them with deals; return how many it has. Harmless when repeated.

    Three ask for a call now, whatever the hour: nobody is woken by them, since their numbers are given to nobody.
    Raises Denied; Conflict before a trade is chosen.
    """
    _require(actor)
    guide = _locked()
    if not guide.trade:
        raise Conflict(_("Choose what you sell first: the example is made for it."))
    if guide.example and people.count_of(guide.example):
        return people.count_of(guide.example)
    trade = trades(accounts.get_company_rules().language)[guide.trade]
    ids: list[int] = []
    for at, person in enumerate(example_people()):
        draft = ClientDraft(
            name=person.name,
            city=person.city,
            contacts=(ContactDraft(kind="phone", value=person.phone),),
            call_opens_minute=0 if at < FRESH_LEADS else None,
            call_closes_minute=1440 if at < FRESH_LEADS else None,
            comment=_("An invented client of the example."),
            source=_("example"),
        )
        ids.append(clients.create_client(actor=actor, draft=draft, now=now).pk)
    known = people.list_custom_fields(subject="deal")
    for at, one in enumerate(trade.example):
        open_deal(
            actor=actor,
            client_id=ids[at],
            now=now,
            pipeline_code=NEW_CLIENTS,
            title=one.title,
            amount=one.amount,
            first=_first_step(at, now),
            fields=_field_values(one.fields, known, now),
        )
    guide.example = ids
    guide.save(update_fields=["example"])
    return len(ids)


@transaction.atomic
def drop_example(*, actor: Actor) -> int:
    """Take the invented clients away with their deals, tasks and notes; return how many stay.

    The log keeps what was done with them; reports leave it out. Those stay who were written to or gave a consent.
    Raises Denied.
    """
    _require(actor)
    guide = _locked()
    stakes.lock_rows("client", sorted(guide.example))
    deals = list(Deal.objects.filter(client_id__in=guide.example).order_by("id").values_list("id", "client_id"))
    gone = clients.remove_clients(actor=actor, ids=guide.example)
    publish(*(ExampleDealRemoved(deal_id=one, client_id=client) for one, client in deals if client in gone))
    guide.example = [one for one in guide.example if one not in gone]
    guide.save(update_fields=["example"])
    return people.count_of(guide.example) if guide.example else 0


@transaction.atomic
def dismiss(*, actor: Actor, now: datetime) -> None:
    """Lead no more: the person looks around by himself. The page stays and may be come back to. Raises Denied."""
    _require(actor)
    guide = _locked()
    guide.dismissed_at = guide.dismissed_at or now
    guide.save(update_fields=["dismissed_at"])


def _require(actor: Actor) -> None:
    actor.require(CHANGE_SETTINGS)
    actor.require(EDIT_BUTTONS)


def _locked() -> Guide:
    Guide.objects.bulk_create([Guide()], ignore_conflicts=True)
    return Guide.objects.select_for_update().get()


def _is_reworked(code: str) -> bool:
    """Tell whether somebody has made the shipped set-up his own: it is then never thrown away."""
    if ButtonSet.objects.exclude(version=1, state=ButtonSet.State.LIVE).exists():
        return True
    trade = trades(accounts.get_company_rules().language).get(code)
    names = list(Stage.objects.filter(pipeline__code=NEW_CLIENTS).order_by("position").values_list("name", flat=True))
    return bool(trade and names and names != [one.name for one in trade.stages])


def _first_step(at: int, now: datetime) -> FirstStep | None:
    """Return the step of a deal of the example: fresh leads first, then promised calls, then one left lying."""
    if at < FRESH_LEADS:
        return None
    if at < FRESH_LEADS + 4:
        return FirstStep("call", _("Call back, as promised"), DUE, now + timedelta(minutes=30 * at))
    return FirstStep("call", _("Remind of the offer"), BACKLOG, now)


def _field_values(
    told: Mapping[str, str | int], known: "Sequence[CustomField]", now: datetime
) -> Mapping[str, object]:
    """Return values of the company's own fields for a deal of the example; those that were put away stay empty."""
    fields = [one for one in known if one.code in told]
    days = {one.code: (now + timedelta(days=int(told[one.code]))).date() for one in fields if one.kind == "date"}
    given = {one.code: days[one.code].isoformat() if one.code in days else str(told[one.code]) for one in fields}
    return clients.clean_values(fields, given)


def _fields(trade: Trade | None) -> Sequence[FieldDraft]:
    return [
        FieldDraft(code=one.code, name=one.name, kind=one.kind, subject=one.subject, options=one.options)
        for one in (trade.fields if trade else ())
    ]


def _letters(trade: Trade | None) -> Sequence[messaging.LetterDraft]:
    return [messaging.LetterDraft(one.name, one.subject, one.body) for one in (trade.letters if trade else ())]
