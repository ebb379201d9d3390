"""What messages do with their rows when the client they were written to changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from voronka.kit.stakes import Moved, Stake, changed, move_rows, register_stake
from voronka.messaging.models import (
    CampaignGain,
    Letter,
    Message,
    MessageTouch,
    SmsAnswer,
    Talk,
    TalkLine,
)
from voronka.messaging.rules.chat import PUBLIC
from voronka.messaging.rules.states import RECALLABLE, STAYS, STILL
from voronka.messaging.services.chat import forgetting
from voronka.messaging.services.planning import cancel_rows
from voronka.people import queries as people


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients somebody has written to or talked with: what went cannot be unwritten."""
    letters = Letter.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    messages = Message.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    answers = SmsAnswer.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    talks = Talk.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    return {one for one in letters.union(messages, answers, talks) if one is not None}


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many letters, messages and talks there are."""
    letters = Letter.objects.filter(client_id__in=ids).count()
    messages = Message.objects.filter(client_id__in=ids).count()
    answers = SmsAnswer.objects.filter(client_id__in=ids).count()
    talks = Talk.objects.filter(client_id__in=ids).count()
    words = [
        (talks, ngettext("%(n)d talk", "%(n)d talks", talks)),
        (letters, ngettext("%(n)d letter", "%(n)d letters", letters)),
        (messages, ngettext("%(n)d message", "%(n)d messages", messages)),
        (answers, ngettext("%(n)d answer by SMS", "%(n)d answers by SMS", answers)),
    ]
    return [text % {"n": count} for count, text in words if count]


def lock(ids: Sequence[int]) -> None:
    """Lock the talks and messages of the clients: whoever writes locks them before their client."""
    list(Talk.objects.select_for_update().filter(client_id__in=ids).order_by("id").values_list("id", flat=True))
    list(Message.objects.select_for_update().filter(client_id__in=ids).order_by("id").values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give talks, letters and messages of merged clients to the survivor.

    A campaign may have a row for each of them: one of the rows leaves the campaign, and does not go if it waits. Where
    one has gone already, the others are those that leave.
    """
    moved = [*move_rows(Letter, "client_id", ids, to), *_move_messages(ids, to)]
    moved = [*moved, *move_rows(CampaignGain, "client_id", ids, to)]
    return [*moved, *move_rows(SmsAnswer, "client_id", ids, to), *move_rows(Talk, "client_id", ids, to)]


def _move_messages(ids: Sequence[int], to: int) -> list[Moved]:
    runs = Message.objects.filter(client_id__in=[*ids, to], cause_kind__in=["campaign", "automation"])
    taken: set[tuple[str, int | None, str]] = set()
    doubled: list[Message] = []
    for row in sorted(runs, key=lambda one: (one.state not in STAYS, one.client_id != to, one.pk)):
        place = (row.cause_kind, row.cause_id, row.channel)
        if place in taken:
            doubled.append(row)
        taken.add(place)
    kinds = [(row.pk, row.cause_kind, f"{row.cause_kind}_2") for row in doubled]
    # What a sender had taken he has no more: a merge that is undone lets it wait again.
    states = [
        (row.pk, "planned" if row.state == "claimed" else row.state, "cancelled")
        for row in doubled
        if row.state in RECALLABLE
    ]
    for pk, _was, kind in kinds:
        Message.objects.filter(pk=pk).update(cause_kind=kind)
    Message.objects.filter(pk__in=[pk for pk, _was, _now in states]).update(state="cancelled")
    noted = [changed(Message, "cause_kind", kinds), changed(Message, "state", states)]
    return [*(one for one in noted if one["rows"]), *move_rows(Message, "client_id", ids, to)]


def erase(ids: Sequence[int]) -> None:
    """Cancel what has not gone; blank addresses and texts; that something went stays known.

    Talks and answers that nobody bound to them go along, where they bear a phone, an e-mail or a nick of theirs.
    """
    Letter.objects.filter(client_id__in=ids).update(address="", subject="", body="")
    messages = Message.objects.filter(client_id__in=ids)
    cancel_rows(list(messages.filter(state__in=STILL)), now=timezone.now(), code="erased")
    MessageTouch.objects.filter(message__in=messages).update(url="", agent="")
    messages.update(address="", subject="", body="", body_html="")
    SmsAnswer.objects.filter(client_id__in=ids).update(address="", text="")
    now = timezone.now()
    forgetting.forget_said(list(Talk.objects.filter(client_id__in=ids).values_list("id", flat=True)), now=now)
    forgetting.forget_unbound(people.contacts_only_of(ids), now=now)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give letters, messages and talks of the clients as plain values, for the data's owner; notes are not his."""
    for one in Letter.objects.filter(client_id__in=ids).order_by("id"):
        yield {"to": one.address, "subject": one.subject, "text": one.body, "at": one.made_at.isoformat()}
    for row in Message.objects.filter(client_id__in=ids).order_by("id"):
        yield {
            "to": row.address,
            "channel": row.channel,
            "kind": row.traffic,
            "subject": row.subject,
            "text": row.body,
            "state": row.state,
            "code": row.code,
            "at": row.made_at.isoformat(),
        }
    for answer in SmsAnswer.objects.filter(client_id__in=ids).order_by("id"):
        yield {"from": answer.address, "channel": "sms", "text": answer.text, "at": answer.at.isoformat()}
    for line in (
        TalkLine.objects.filter(talk__client_id__in=ids, by__in=PUBLIC)
        .select_related("talk")
        .order_by("talk_id", "number")
    ):
        where = {"chat": line.talk_id, "channel": line.talk.channel, "subject": line.talk.subject}
        yield where | {"by": line.by, "text": line.text, "at": line.at.isoformat()}


register_stake(
    Stake(
        "client",
        "messaging",
        frozenset(
            {
                "messaging.CampaignGain",
                "messaging.Letter",
                "messaging.Message",
                "messaging.SmsAnswer",
                "messaging.Talk",
            }
        ),
        touched=touched,
        proofs=touched,
        tell=tell,
        lock=lock,
        move=move,
        erase=erase,
        export=export,
    )
)
