"""Surveys asked on a site: a visitor is asked no oftener than a client; what he says is the client's once he is one.

Whoever only says who he is has not become one by that: he is not asked again, but answers for himself (is_proven).

The part of sites has a visitor locked, and his client before him, when it calls; invitations are locked after both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from voronka.care.models import Invitation, Response, Survey, SurveyVersion
from voronka.care.queries.surveys import get_rules, version_of
from voronka.care.rules import questions as rules
from voronka.care.services.answering import told_answered
from voronka.care.services.asking import is_off, manager_of, told_asked
from voronka.care.services.tasks import follow
from voronka.care.services.texts import rating_words
from voronka.kit.events import publish
from voronka.orders import queries as orders
from voronka.people import queries as people

SHOWN = "showing"  # what an invitation is about while no order is known
LEAST_DIGITS = 10  # of a phone, from its end: by fewer, other numbers would be taken for it


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is asked on a site: a visitor, and what his page told of a purchase.

    `client_id` is who he is, or says he is where that is not `is_proven`.
    """

    visitor_id: int
    client_id: int | None
    is_proven: bool
    order_number: str = ""
    order_sum: Decimal | None = None

    @property
    def number(self) -> str:
        """Return the order's number as it is compared."""
        return self.order_number.strip().upper()[:80]

    @property
    def sure_id(self) -> int | None:
        """Return the client whom his answers are, None for whom nobody has vouched for."""
        return self.client_id if self.is_proven else None


def find_survey(public_id: str) -> Survey | None:
    """Return a survey that may be asked on a site now: one that is on, and asks no one who leaves."""
    if not public_id or is_off():
        return None
    return Survey.objects.filter(public_id=public_id, is_on=True).exclude(moment="left").first()


def may_ask(survey: Survey, guest: Guest, *, now: datetime) -> bool:
    """Tell whether a visitor may be asked: not lately, by whatever survey, and not about this order."""
    order_id = _order_of(guest, now)
    order = orders.asked_about(order_id) if order_id is not None else None
    asked = Invitation.objects.filter(state="asked")
    if order is not None and (order.is_rated or asked.filter(subject_kind="order", subject_id=order.id).exists()):
        return False
    clients = [one for one in (guest.client_id, order.client_id if order else None) if one is not None]
    his = Q(visitor_id=guest.visitor_id) | Q(client_id__in=clients)
    since = now - timedelta(days=get_rules().again_days)
    return not asked.filter(his, asked_at__gt=since).exists()


def _order_of(guest: Guest, now: datetime) -> int | None:
    if not guest.number and guest.order_sum is None:
        return None
    return orders.told_of(guest.number, guest.order_sum, guest.sure_id, around=now)


@transaction.atomic
def ask(survey: Survey, version: SurveyVersion, guest: Guest, showing_id: int, *, now: datetime) -> Invitation:
    """Write down that a visitor was asked, in words of a version, by something shown.

    Told twice, or of several showings within the days of rest, it is one.
    """
    since = now - timedelta(days=get_rules().again_days)
    lately = Invitation.objects.filter(visitor_id=guest.visitor_id, survey=survey, channel="site", state="asked")
    known = lately.filter(asked_at__gt=since).order_by("-id").first()
    if known is not None:
        return known
    row = Invitation(
        survey=survey, version=version, client_id=guest.sure_id, visitor_id=guest.visitor_id, subject_kind=SHOWN,
        subject_id=showing_id, order_number=guest.number, order_sum=guest.order_sum, state="asked", channel="site",
        due_at=now, asked_at=now, opened_at=now, made_at=now,
    )  # fmt: skip
    _settle(row)
    row.manager_id = manager_of(row)
    row.save(force_insert=True)
    publish(told_asked(row), at=now)
    return row


def _settle(row: Invitation) -> None:
    """Say of which order, and so of which client, somebody was asked, where that is sure by now.

    A letter that waits to ask about it is not sent; where one has asked already, this stays what a visitor said.
    """
    guest = Guest(row.visitor_id or 0, row.client_id, row.client_id is not None, row.order_number, row.order_sum)
    if row.subject_kind != SHOWN or row.asked_at is None:
        return
    order_id = _order_of(guest, row.asked_at)
    order = orders.asked_about(order_id) if order_id is not None else None
    if order is None or (row.client_id is None and order.client_id not in people.lock_clients([order.client_id])):
        return
    same = Invitation.objects.filter(survey=row.survey, subject_kind="order", subject_id=order.id)
    same.filter(state="waiting").delete()
    if same.exists():
        return
    row.subject_kind, row.subject_id, row.client_id = "order", order.id, order.client_id


@transaction.atomic
def know_visitor(visitor_id: int, client_id: int, *, now: datetime) -> None:
    """Let what a visitor was asked and said be the client's whom he proved to be; the caller holds both."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("survey", "version")
    for row in rows.filter(visitor_id=visitor_id, client__isnull=True, state="asked").order_by("id"):
        row.client_id = client_id
        _settle(row)
        _give(row, now)


@transaction.atomic
def know_order(order_id: int, *, now: datetime) -> int:
    """Say of which order they were asked who were asked on the site before it came to us; return how many."""
    order = orders.asked_about(order_id)
    if order is None:
        return 0
    numbers = [one for one in (str(order.number), order.outer_number.strip().upper()) if one]
    his = Q(client_id=order.client_id) | Q(client__isnull=True, order_number__in=numbers)
    lately = Invitation.objects.filter(his, subject_kind=SHOWN, state="asked", asked_at__gt=now - orders.AROUND)
    if not lately.exists() or order.client_id not in people.lock_clients([order.client_id]):
        return 0
    rows, found = lately.select_for_update(of=("self",)).select_related("survey", "version"), 0
    for row in rows.order_by("id"):
        was = row.client_id
        _settle(row)
        if row.subject_kind != "order":
            continue
        found += 1
        if was is None:
            _give(row, now)
        else:
            row.save(update_fields=["subject_kind", "subject_id"])
    return found


def _give(row: Invitation, now: datetime) -> None:
    """Tell of one who has become a client all that is told of clients; a bad rating becomes the task that it lacked."""
    row.manager_id = manager_of(row)
    row.save(update_fields=["client", "manager", "subject_kind", "subject_id"])
    publish(told_asked(row), at=now)
    response = Response.objects.filter(invitation=row).first()
    if response is None or row.version is None:
        return
    response.manager_id = row.manager_id
    response.save(update_fields=["manager"])
    if response.is_bad and response.task_id is None:
        follow(response, row, row.version, now=now)
    publish(told_answered(response, row, is_new=True), at=now)


# --- How long what strangers say is kept --------------------------------------------------------------------------


@transaction.atomic
def drop_strangers(visitor_ids: Collection[int], *, before: datetime | None = None) -> None:
    """Drop what visitors were asked and said who never became clients, up to a moment; the caller holds them."""
    rows = Invitation.objects.filter(visitor_id__in=list(visitor_ids), client=None)
    (rows if before is None else rows.filter(asked_at__lt=before)).delete()


@transaction.atomic
def drop_older(*, before: datetime, most: int) -> int:
    """Drop some of what strangers were asked and said before a moment, whose visitors may be gone; return how many."""
    rows = Invitation.objects.filter(client=None, visitor_id__isnull=False, asked_at__lt=before)
    ids = list(
        rows.select_for_update(of=("self",), skip_locked=True).order_by("id").values_list("id", flat=True)[:most]
    )
    Invitation.objects.filter(id__in=ids).delete()
    return len(ids)


def forget_named(client_ids: Sequence[int]) -> None:
    """Drop what strangers said who named an order of clients, or wrote a contact that nobody else has."""
    strangers = Invitation.objects.filter(client=None, visitor_id__isnull=False)
    made = orders.calls_of(client_ids)
    named = strangers.filter(order_number__in=list(made)).values_list("id", "order_number", "asked_at")
    ids = {pk for pk, number, at in named if at and any(abs(at - one) < orders.AROUND for one in made[number])}
    wrote = _bears(people.contacts_only_of(client_ids))
    if wrote:
        said = Response.objects.filter(invitation__in=strangers.values("id")).annotate(
            said=Cast("answers", TextField()),
            digits=Func(
                F("said"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
            ),
        )  # fmt: skip
        ids |= set(said.filter(wrote).values_list("invitation_id", flat=True))
    held = Invitation.objects.select_for_update(of=("self",)).filter(id__in=ids, client=None).order_by("id")
    Invitation.objects.filter(id__in=list(held.values_list("id", flat=True))).delete()


def _bears(contacts: Collection[tuple[str, str]]) -> Q:
    """Return the condition of texts that bear one of some contacts, however a phone was written."""
    found = Q()
    for kind, value in sorted(contacts):
        digits = "".join(sign for sign in value if sign.isdecimal())
        if kind == "phone" and len(digits) >= LEAST_DIGITS:
            found |= Q(digits__contains=digits[-LEAST_DIGITS:])
        elif kind in ("email", "telegram") and value:
            found |= Q(said__icontains=value)
    return found


# --- What a page is told, and what it tells ---------------------------------------------------------------------


def told_page(version: SurveyVersion) -> dict[str, Any]:
    """Return a version as a page shows it: it asks the questions that fit the rating, up to `bad` a bad one."""
    names = rating_words()
    return {
        "ask": version.ask, "stars": [names[one] for one in range(rules.LEAST, rules.MOST + 1)],
        "bad": version.bad_upto, "questions": version.questions, "thank": version.thanks,
    }  # fmt: skip


def example(public_id: str) -> dict[str, Any]:
    """Return a survey as a page would show it, on or off; without one, something to look at."""
    found = Survey.objects.filter(public_id=public_id).exclude(moment="left").first() if public_id else None
    if found is not None:
        return told_page(version_of(found))
    hindered = (_("The price"), _("Delivery"), _("I did not find it"))
    asked = [
        rules.Question("q1", _("What hindered you?"), "many", "bad", hindered),
        rules.Question("q2", _("Anything to add?")),
    ]
    return told_page(SurveyVersion(ask=_("How do you rate our shop?"), bad_upto=3, questions=rules.kept(asked)))


def read_said(said: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return answers of a page, which may be anything, as a form sends them."""
    found = dict[str, list[str]]()
    for key, given in list(said.items())[: rules.MOST_QUESTIONS]:
        values = given if isinstance(given, list) else [given]
        found[str(key)] = [one[: rules.LONGEST_ANSWER] for one in values[:20] if isinstance(one, str)]
    return found
