"""Talks and campaigns as subjects, by name and page; of files of a talk, which whoever sees it may read."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from voronka.kit.actors import Actor, Reach
from voronka.kit.files import register_reader
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.messaging.models import Talk
from voronka.messaging.permissions import TALK
from voronka.messaging.queries.campaigns import campaigns_by_id, public_ids_of
from voronka.messaging.queries.talks import public_ids_of_talks, talk_name, talks_seen


def _may_read(actor: Actor, talk_id: int) -> bool:
    return actor.reach(TALK) is not Reach.NONE and talk_id in talks_seen(actor, [talk_id])


register_reader("talk", _may_read)


def _page(pk: int) -> str:
    return reverse("messaging:talk", args=[public_ids_of_talks([pk])[pk]])


def _names(ids: list[int]) -> Mapping[int, str]:
    return {one.pk: talk_name(one) for one in Talk.objects.filter(pk__in=ids)}


def _campaign_page(pk: int) -> str:
    return reverse("messaging:campaign", args=[public_ids_of([pk])[pk]])


def _campaign_names(ids: list[int]) -> Mapping[int, str]:
    return {pk: one.name for pk, one in campaigns_by_id(ids).items()}


register_subject(SubjectKind("talk", _("talk"), _page, _names))
register_subject(
    SubjectKind("campaign", pgettext_lazy("a kind of record", "campaign"), _campaign_page, _campaign_names)
)
