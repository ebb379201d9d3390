"""The talk as a subject: of files, which whoever sees it may read; of events and walks, by its name and page."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Actor, Reach
from voronka.kit.files import register_reader
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.messaging.models import Talk
from voronka.messaging.permissions import TALK
from voronka.messaging.queries.talks import public_ids_of_talks, talk_name, talks_seen


def _may_read(actor: Actor, talk_id: int) -> bool:
    return actor.reach(TALK) is not Reach.NONE and talk_id in talks_seen(actor, [talk_id])


register_reader("talk", _may_read)


def _page(pk: int) -> str:
    return reverse("messaging:talk", args=[public_ids_of_talks([pk])[pk]])


def _names(ids: list[int]) -> Mapping[int, str]:
    return {one.pk: talk_name(one) for one in Talk.objects.filter(pk__in=ids)}


register_subject(SubjectKind("talk", _("talk"), _page, _names))
