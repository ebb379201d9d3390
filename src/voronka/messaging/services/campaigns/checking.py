"""A campaign looked at before its start: who would get it and who not, what it costs, how it reads, sent to oneself."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import jobs, texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal
from voronka.kit.tenancy import current_company_id
from voronka.kit.texts import Value
from voronka.messaging.models import Campaign, CampaignCheck, CampaignVariant
from voronka.messaging.permissions import EDIT_CAMPAIGNS, SEE_CAMPAIGNS
from voronka.messaging.queries.facts import scene_of
from voronka.messaging.rules.campaigns import first_hour
from voronka.messaging.rules.gate import decide
from voronka.messaging.rules.sms import Tariff, mobile_number
from voronka.messaging.services.campaigns.drafting import lock_campaign
from voronka.messaging.services.campaigns.freezing import (
    CHUNK,
    SAME_ADDRESS,
    addresses_of,
    draft_of,
    drafts_of,
    text_of,
)
from voronka.messaging.services.letters import LetterText
from voronka.messaging.services.planning import Draft, plan
from voronka.messaging.services.values import (
    FRIEND_LINK,
    known_fields,
    values_of_many,
    with_friend_links,
    with_stand_ins,
)
from voronka.messaging.services.writing_sms import tariff_of
from voronka.people import queries as people
from voronka.people.queries import asked

LOOKED_AT = 5_000
SAMPLE = 5
JOB = "messaging.campaign_check"
FRESH, SILENT = timedelta(minutes=30), timedelta(minutes=2)


@dataclass(slots=True)
class Check:
    """What a campaign would come to, reckoned on the first `seen` of `total` recipients in the order of their cards,
    `at` a moment where they all were.

    `refused` and `waits` count by the code of the reason; `samples` are some of the clients of each. `missing` counts
    the recipients for whom a field that the text names says nothing. `addresses` are those that get one.
    """

    total: int
    seen: int = 0
    goes: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[int]] = field(default_factory=dict)
    by_variant: Counter[int] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    parts: int = 0
    cost: Decimal | None = None
    addresses: set[str] = field(default_factory=set)

    at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether all recipients were looked at."""
        return self.seen >= self.total

    def to_json(self) -> dict[str, Any]:
        """Return the figures as they are kept."""
        return {
            "goes": self.goes, "refused": self.refused, "waits": self.waits, "samples": self.samples,
            "by_variant": self.by_variant, "missing": self.missing, "parts": self.parts,
            "cost": str(self.cost) if self.cost is not None else None,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: CampaignCheck) -> "Check":
        """Return the figures that were kept of all recipients."""
        said = kept.figures
        return cls(
            kept.total, seen=kept.total, goes=said["goes"], refused=Counter(said["refused"]),
            waits=Counter(said["waits"]), samples=dict(said["samples"]),
            by_variant=Counter({int(number): count for number, count in said["by_variant"].items()}),
            missing=Counter(said["missing"]), parts=said["parts"],
            cost=Decimal(said["cost"]) if said["cost"] is not None else None, at=kept.ended_at,
        )  # fmt: skip


def check(*, actor: Actor, row: Campaign, now: datetime) -> Check:
    """Judge the first recipients of a campaign as the gate would, or return what all of them came to lately.

    Raises Denied, Invalid, NotFound.
    """
    actor.require(SEE_CAMPAIGNS)
    kept = find_check(actor, row, now=now)
    if kept is not None and kept.ended_at is not None and not kept.words:
        return Check.of(kept)
    look = _Look(actor, row, now)
    while look.found.seen < LOOKED_AT and look.judge_some():
        pass
    return look.found


class _Look:
    """A look at the recipients in the order of their cards, some at a time."""

    def __init__(self, actor: Actor, row: Campaign, now: datetime) -> None:
        self._actor, self._row, self._now = actor, row, now
        self._query = asked.segment_query(actor, row.view) if row.view else row.query
        total, self._up_to = asked.audience_size(actor, self._query)
        self.found, self._after, self._named = Check(total), 0, _named_fields(row)

    def judge_some(self) -> bool:
        """Judge the next ones; False where there is none."""
        actor, row, now = self._actor, self._row, self._now
        ids = asked.audience_page(actor, self._query, after=self._after, up_to=self._up_to, limit=CHUNK)
        if not ids:
            return False
        self._after = ids[-1]
        _judge(self.found, row, drafts_of(row, actor, ids, now=_begins(row, now), is_look=True), now=now)
        if self._named:
            values = list(with_stand_ins(values_of_many(ids, actor)).values())
            _count_missing(self.found, self._named, with_friend_links(" ".join(self._named), values))
        self.found.seen += len(ids)
        return True


# --- All of them, beside the page -------------------------------------------------------------------------------------


def find_check(actor: Actor, row: Campaign, *, now: datetime) -> CampaignCheck | None:
    """Return the look at all recipients that the actor has ordered, done lately or still going on.

    One of the campaign as it was before a change, of somebody else's eyes, or whose worker died is none.
    """
    found = CampaignCheck.objects.filter(campaign=row, by_id=actor.person_id, version=row.version).first()
    if found is None:
        return None
    lives = found.ended_at + FRESH if found.ended_at is not None else found.seen_at + SILENT
    return found if now < lives else None


@transaction.atomic
def order_check(*, actor: Actor, public_id: str, now: datetime) -> CampaignCheck:
    """Have all recipients of a campaign judged in the background; one that goes on, or is fresh, is not begun anew.

    Raises Denied, NotFound, Invalid where its list makes no sense any more, Conflict where it has begun.
    """
    actor.require(SEE_CAMPAIGNS)
    row = lock_campaign(public_id)
    if row.state not in ("draft", "scheduled"):
        raise Conflict(_("The campaign has moved on meanwhile. Look at it again."), code="campaign_moved_on")
    known = find_check(actor, row, now=now)
    if known is not None and not known.words:
        return known
    query = asked.segment_query(actor, row.view) if row.view else row.query
    total, _up_to = asked.audience_size(actor, query)
    CampaignCheck.objects.filter(campaign=row).delete()
    made = CampaignCheck.objects.create(
        campaign=row, by_id=actor.person_id, version=row.version, asked_at=now, seen_at=now, total=total
    )
    jobs.defer(JOB, of_company=current_company_id(), check=made.pk, once=f"campaign check {made.pk}")
    return made


def judge_all(check_id: int, *, tell: Callable[[], datetime]) -> bool:
    """Judge all recipients for a look that was ordered, a few hundred a transaction; False where it is wanted no more.

    Done again after a death it begins anew. Outside of transactions.
    """
    with transaction.atomic():
        kept = CampaignCheck.objects.select_related("campaign").filter(pk=check_id, ended_at=None).first()
    actor = accounts.find_actor(current_company_id(), kept.by_id, origin="campaign") if kept is not None else None
    if kept is None or actor is None:
        return False
    look, words = None, ""
    try:
        with transaction.atomic():
            look = _Look(actor, kept.campaign, kept.asked_at)
        more = True
        while more:
            with transaction.atomic():
                more = look.judge_some()
                said = {"seen": look.found.seen, "total": max(look.found.total, look.found.seen), "seen_at": tell()}
                if not CampaignCheck.objects.filter(pk=check_id, ended_at=None).update(**said):
                    return False
    except Refusal as refusal:
        words = refusal.message
    with transaction.atomic():
        figures = look.found.to_json() if look is not None else {}
        done = {"figures": figures, "words": words[:300], "ended_at": tell()}
        if look is not None and not words:
            done["total"] = done["seen"] = look.found.seen  # cards that came or went meanwhile
        return bool(CampaignCheck.objects.filter(pk=check_id, ended_at=None).update(**done))


def _begins(row: Campaign, now: datetime) -> datetime:
    if row.way == "clock" and row.on_day is not None and row.minute is not None:
        return max(first_hour(row.on_day, row.minute), now)
    return max(row.starts_at or now, now)


def _judge(found: Check, row: Campaign, drafts: list[Draft], *, now: datetime) -> None:
    scene = scene_of(row.channel, [one.asked() for one in drafts], now=now)
    for draft in drafts:
        verdict = decide(scene.facts(draft.asked()), draft.due_at)
        code = verdict.code if verdict.kind == "refuse" else draft.refused
        code = code or (SAME_ADDRESS if draft.address in found.addresses else "")
        if code:
            found.refused[code] += 1
            some = found.samples.setdefault(code, [])
            if len(some) < SAMPLE and draft.client_id is not None:
                some.append(draft.client_id)
            continue
        found.goes += 1
        found.addresses.add(draft.address)
        found.by_variant[draft.variant] += 1
        if verdict.kind == "wait":
            found.waits[verdict.code] += 1
        found.parts += draft.parts or 0
        if draft.cost is not None:
            found.cost = (found.cost or Decimal(0)) + draft.cost


def _named_fields(row: Campaign) -> list[str]:
    """Return the fields that the texts of a campaign name."""
    said = " ".join(
        f"{one.template.subject} {one.template.body} {getattr(one.template, 'html', '')}"
        for one in row.variants.select_related("template")
    )
    words = set(re.findall(r"[a-z_]+(?:\.[a-z_0-9]+|\['[a-z_0-9]+'\])+", said))
    # A client's link for friends is made when it is first written, so nobody lacks it.
    known = set(known_fields()) - {FRIEND_LINK}
    return sorted({re.sub(r"\['(\w+)'\]", r".\1", one) for one in words} & known)


def _count_missing(found: Check, named: list[str], values: Sequence[Mapping[str, Value]]) -> None:
    for one in values:
        for name in named:
            held: object = one
            for step in name.split("."):
                held = held.get(step) if isinstance(held, dict) else None
            if held in (None, ""):
                found.missing[name] += 1


@dataclass(frozen=True, slots=True)
class Preview:
    """A variant as one client would get it; `why` where it cannot be written."""

    number: int
    text: LetterText | None
    why: str = ""
    parts: int = 0


def preview(*, actor: Actor, row: Campaign, client_id: int) -> list[Preview]:
    """Return every variant as this client would get it. Raises Denied, NotFound."""
    actor.require(SEE_CAMPAIGNS)
    if not people.list_clients(actor).filter(pk=client_id).exists():
        raise NotFound(_("There is no such client."))
    shown, tariff = [], tariff_of(row.traffic)
    address = addresses_of(row.channel, [client_id]).get(client_id, "")
    for one in row.variants.select_related("template").order_by("number"):
        said = text_of(one.template, actor, client_id, address, is_look=True)
        if isinstance(said, texts.Problem):
            shown.append(Preview(one.number, None, texts.explain(said)))
        else:
            shown.append(Preview(one.number, said, parts=tariff.parts(said.body) if row.channel == "sms" else 0))
    return shown


@transaction.atomic
def send_test(*, actor: Actor, row: Campaign, client_id: int, now: datetime, number: int = 1, phone: str = "") -> str:
    """Send a variant, as this client would get it, to the actor's own address, or to a phone; return where it goes.

    It is a test: the gate asks about the address alone, and it counts for nothing. Raises Denied, NotFound, Invalid.
    """
    actor.require(EDIT_CAMPAIGNS)
    if not people.list_clients(actor).filter(pk=client_id).exists():
        raise NotFound(_("There is no such client."))
    address = _own_address(actor, row.channel, phone)
    variant = _variant(row, number)
    text = text_of(variant.template, actor, client_id, address)
    if isinstance(text, texts.Problem):
        raise Refusal(texts.explain(text), code="bad_template")
    tariff = tariff_of(row.traffic) if row.channel == "sms" else Tariff()
    made = draft_of(row, variant, client_id, address, text, now, tariff)
    test = Draft(
        channel=row.channel, traffic=row.traffic, client_id=None, address=address, subject=made.subject,
        body=made.body, body_html=made.body_html, due_at=now, cause_kind="test", cause_id=row.pk,
        author_id=actor.employee_id, parts=made.parts, cost=made.cost, refused=made.refused,
    )  # fmt: skip
    plan([test], now=now)
    return address


def _variant(row: Campaign, number: int) -> CampaignVariant:
    found = row.variants.select_related("template").filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found


def _own_address(actor: Actor, channel: str, phone: str) -> str:
    if channel == "email":
        found = accounts.address_of(actor.person_id)
        return found[0] if found else ""
    number = mobile_number(phone)
    if not number:
        message = _("Give a mobile number.")
        raise Invalid(message, fields={"phone": message})
    return f"+{number}"
