"""Bots and mailboxes of talks: added, changed, tried out. The other side is spoken to between two transactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.messaging.models import ChannelAccount, ChannelSeer, ChannelState
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.ports import Bot, Keys, Refused, Silent, Way, ways
from voronka.messaging.queries.channels import fault_words
from voronka.messaging.rules.channels import MOST_SECRET
from voronka.messaging.services.channels.box_settings import settings_of_box
from voronka.messaging.services.channels.hooks import hook_secret, hook_token
from voronka.people.services.cleaning import Problems, fit

MOST_ACCOUNTS = 20
MODES = ("webhook", "polling", "sandbox")


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account as it is typed; an empty `secret` leaves the one that is kept. `seers` are public ids of employees."""

    kind: str
    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    is_on: bool = True
    with_bot: bool = False
    for_all: bool = True
    seers: Sequence[str] = ()


@transaction.atomic
def save_account(*, actor: Actor, draft: AccountDraft, public_id: str = "", now: datetime) -> ChannelAccount:
    """Add an account or change one; its kind stays what it was. Raises Denied, NotFound, Invalid."""
    actor.require(SET_UP_CHAT)
    row = get_account(actor, public_id, lock=True) if public_id else ChannelAccount(kind=draft.kind, made_at=now)
    if row.kind not in ways():
        raise NotFound(_("There is no such page."))
    problems = Problems()
    if not public_id and ChannelAccount.objects.filter(kind=row.kind).count() >= MOST_ACCOUNTS:
        problems.add("name", _("At most %(most)d of them.") % {"most": MOST_ACCOUNTS})
    row.name = fit("name", draft.name, 100, problems)
    if not row.name:
        problems.add("name", _("A name is needed."))
    row.settings = (_telegram if row.kind == "telegram" else settings_of_box)(row, draft, problems)
    secret = draft.secret.strip()
    row.secret = secret or row.secret
    is_real = row.settings["mode"] != "sandbox"
    if len(secret) > MOST_SECRET or not secret.isascii() or not secret.isprintable() or (is_real and not row.secret):
        problems.add("secret", _("It is needed, in Latin letters, digits and signs."))
    problems.settle()
    # Letters are answered by nobody but people: machines that answer each other never stop.
    row.is_on, row.with_bot, row.for_all = draft.is_on, draft.with_bot and row.kind == "telegram", draft.for_all
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("Another one has this name already.")
        raise Invalid(taken, fields={"name": taken}) from None
    state, _made = ChannelState.objects.get_or_create(account=row)
    state.next_at = now if row.kind == "email" and row.is_on and is_real else None
    state.save(update_fields=["next_at"])
    _seat(row, draft.seers)
    return row


def _telegram(_row: ChannelAccount, draft: AccountDraft, problems: Problems) -> dict[str, str]:
    mode = draft.settings.get("mode", "")
    if mode not in MODES:
        problems.add("mode", _("Choose one of the list."))
    if mode == "webhook" and urlsplit(settings.SITE).scheme != "https":
        problems.add("mode", _("Telegram brings news only to an address with https. Let them be fetched."))
    return {"mode": mode}


def _seat(row: ChannelAccount, seers: Sequence[str]) -> None:
    wanted = [one.pk for one in accounts.list_employees() if one.public_id in set(seers)]
    ChannelSeer.objects.filter(account=row).exclude(employee_id__in=wanted).delete()
    ChannelSeer.objects.bulk_create(
        [ChannelSeer(account=row, employee_id=one) for one in wanted], ignore_conflicts=True
    )


def get_account(actor: Actor, public_id: str, *, lock: bool = False) -> ChannelAccount:
    """Return an account. Raises Denied, NotFound."""
    actor.require(SET_UP_CHAT)
    rows = ChannelAccount.objects.select_for_update() if lock else ChannelAccount.objects.all()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("It is not here any more."))
    return found


def open_way(row: ChannelAccount) -> Way:
    """Return the way to speak with the other side of an account."""
    keys = Keys(row.settings, row.secret or "", tuple(settings.ALLOW_PRIVATE_WEBHOOKS))
    return ways()[row.kind].open(keys)


def connect(*, actor: Actor, public_id: str, now: datetime) -> str:
    """Ask the other side who we are there, and set up how news come; return the name. Call it outside of transactions.

    Raises Denied, NotFound, Refusal in words; what came of it is kept as the state of the account.
    """
    with transaction.atomic():
        row = get_account(actor, public_id)
    code = words = name = ""
    try:
        way = open_way(row)
        name = way.hello()
        if row.kind == "telegram":
            _bring(row, cast("Bot", way))  # of this kind all ways are bots
    except Refused as refused:
        code, words = refused.code, refused.words
    except Silent as silent:
        code, words = "no_answer", silent.words
    with transaction.atomic():
        ChannelState.objects.filter(account=row).update(
            state="failed" if code else "ok", code=code[:30], words=words[:300], known_as=name[:100], looked_at=now,
        )  # fmt: skip
    if code:
        raise Refusal(fault_words(code, words), code=code)
    return name


def _bring(row: ChannelAccount, bot: Bot) -> None:
    if row.is_on and row.settings["mode"] == "webhook":
        path = reverse("messaging:telegram-hook", args=[hook_token(row.public_id)])
        bot.bring(settings.SITE + path, hook_secret(row.public_id))
    else:
        bot.fetch()
