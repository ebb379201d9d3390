"""The task as a subject of events and files."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.files import register_reader
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.people import queries as people
from voronka.work.models import Task
from voronka.work.ports import About, register_about
from voronka.work.queries.tasks import may_read_files


def _page(task_id: int) -> str:
    public_id, kind = Task.objects.values_list("public_id", "kind").get(pk=task_id)
    return reverse("work:task" if kind == "hand" else "work:task-open", args=[public_id])


def _names(ids: list[int]) -> Mapping[int, str]:
    return dict(Task.objects.filter(pk__in=ids).values_list("id", "title"))


def _find_client(actor: Actor, public_id: str) -> About | None:
    try:
        client = people.get_client(actor, public_id)
    except NotFound:
        return None
    return About("client", client.pk, client.public_id, client.pk, client.name)


def _view_clients(actor: Actor, ids: Sequence[int]) -> Sequence[About]:
    seen = people.list_clients(actor).filter(pk__in=ids)
    return [About("client", one.pk, one.public_id, one.pk, people.name_shown(actor, one.name)) for one in seen]


register_about("client", _find_client, _view_clients)
register_reader("task", may_read_files)
register_subject(SubjectKind("task", _("task"), _page, _names))
