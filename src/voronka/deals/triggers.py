"""Deals in automations: how they walk them, and what happens to them that may begin one."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.queries.desk import visible
from voronka.deals.queries.pipelines import list_stage_names, stage_ids
from voronka.deals.services.automating import run_on_deal
from voronka.deals.services.drafts import DealDraft
from voronka.flows.ports import EventTrigger, Found, Traveller
from voronka.flows.services import offer_traveller, trigger
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Sentence, Setting, say
from voronka.kit.subjects import Subject
from voronka.people import queries as people


def _client(deal_id: int) -> int | None:
    return Deal.objects.filter(pk=deal_id).values_list("client_id", flat=True).first()


def _zone(deal_id: int) -> str:
    return Deal.objects.values_list("client__zone", flat=True).get(pk=deal_id)


def _found(actor: Actor, row: Deal) -> Found:
    client = people.name_shown(actor, row.client.name)
    return Found(row.pk, row.public_id, f"{client} · {row.title}" if row.title else client)


def _find(actor: Actor, words: str) -> Sequence[Found]:
    clients = [one.pk for one in people.find_clients(actor, words, most=8)]
    rows = Deal.objects.select_related("client").filter(visible(actor), client_id__in=clients).order_by("-id")
    return [_found(actor, row) for row in rows[:8]]


def _pick(actor: Actor, public_id: str) -> Found | None:
    row = Deal.objects.select_related("client").filter(visible(actor), public_id=public_id).first()
    return None if row is None else _found(actor, row)


def _seen(actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(Deal.objects.filter(visible(actor), pk__in=list(ids)).values_list("pk", flat=True))


offer_traveller(
    Traveller(
        "deal", DealDraft, lambda: Deal.objects.filter(client__binned_at__isnull=True), _client, _zone, run_on_deal,
        _find, _pick, _seen, named=people.name_shown,
    )
)  # fmt: skip


@trigger
class DealOpened(EventTrigger):
    """A deal was opened."""

    kind: ClassVar[str] = "deals.opened"
    title: ClassVar[str] = gettext_lazy("a new deal")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "plus"
    subject: ClassVar[str] = "deal"
    event: ClassVar = events.DealOpened

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("A deal is opened")]


def _stages(where: Subject) -> Sequence[tuple[str, str]]:
    return [(one.public_id, f"{one.pipeline.name}: {one.name}") for one in list_stage_names()]


@trigger
class StageReached(EventTrigger):
    """A deal came to a stage."""

    kind: ClassVar[str] = "deals.stage"
    title: ClassVar[str] = gettext_lazy("a deal comes to a stage")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "arrow-right"
    subject: ClassVar[str] = "deal"
    event: ClassVar = events.StageChanged
    settings: ClassVar[Mapping[str, Setting]] = {
        "stage": Setting(gettext_lazy("Stage"), options=_stages, is_picked=True)
    }

    stage: str = Field(max_length=12)

    def sentence(self) -> Sentence:
        """Say which."""
        name = dict(_stages(Subject("deal", 0))).get(self.stage, _("(gone)"))
        return say(_("A deal comes to the stage {stage}"), stage=name)

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether it is the stage."""
        return event.payload.get("to_stage_id") in stage_ids([self.stage])


@trigger
class DealEnded(EventTrigger):
    """A deal was closed as won or as lost."""

    kind: ClassVar[str] = "deals.closed"
    title: ClassVar[str] = gettext_lazy("a deal is closed")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "flag"
    subject: ClassVar[str] = "deal"
    event: ClassVar = events.DealClosed
    settings: ClassVar[Mapping[str, Setting]] = {
        "how": Setting(
            gettext_lazy("How"),
            words={"won": gettext_lazy("won"), "lost": gettext_lazy("lost"), "any": gettext_lazy("in any way")},
        )
    }

    how: Literal["won", "lost", "any"] = "won"

    def sentence(self) -> Sentence:
        """Say how."""
        words = {"won": _("won"), "lost": _("lost"), "any": _("in any way")}
        return say(_("A deal is closed: {how}"), how=words[self.how])

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether it was closed so."""
        return self.how in ("any", event.payload.get("state"))
