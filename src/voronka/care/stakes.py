"""What surveys do when a client changes fate: his words go with him, the ratings stay in the figures without a name."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import ngettext

from voronka.care.models import Invitation, Response
from voronka.care.services import on_site
from voronka.care.services.answering import answer_lines
from voronka.kit.stakes import Moved, Stake, move_rows, register_stake


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients who were asked."""
    rows = Invitation.objects.filter(client_id__in=ids, state="asked")
    return {one for one in rows.values_list("client_id", flat=True) if one is not None}


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many answers there are."""
    count = Response.objects.filter(invitation__client_id__in=ids).count()
    return [ngettext("%(n)d answer to surveys", "%(n)d answers to surveys", count) % {"n": count}] if count else []


def lock(ids: Sequence[int]) -> None:
    """Lock invitations in key order, as the verbs here do before they lock the card."""
    rows = Invitation.objects.select_for_update().filter(client_id__in=ids).order_by("id")
    list(rows.values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let invitations, and the answers with them, be the survivor's."""
    return move_rows(Invitation, "client_id", ids, to)


def forget(ids: Sequence[int]) -> None:
    """Take the words away and forget whose they were; who waits to be asked is not asked."""
    rows = Invitation.objects.filter(client_id__in=ids)
    Response.objects.filter(invitation__in=rows.values("id")).update(answers={})
    rows.filter(state="waiting").update(state="skipped", code="no_client")
    rows.update(client=None, visitor_id=None)


def erase(ids: Sequence[int]) -> None:
    """Forget the clients, and drop what strangers said of an order of theirs or with a contact of theirs in it."""
    on_site.forget_named(ids)
    forget(ids)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give what was asked and answered as plain values, for the data's owner."""
    rows = Response.objects.filter(invitation__client_id__in=ids).select_related("survey", "invitation__version")
    for one in rows.order_by("id"):
        version = one.invitation.version
        yield {
            "survey": one.survey.name,
            "at": one.at.isoformat(),
            "asked": one.invitation.channel,
            "rating": one.rating,
            "answers": dict(answer_lines(version, one, hides=False)) if version is not None else {},
        }


register_stake(
    Stake(
        "client",
        "care",
        frozenset({"care.Invitation"}),
        touched=touched,
        tell=tell,
        lock=lock,
        move=move,
        withdraw=forget,
        erase=erase,
        export=export,
    )
)
