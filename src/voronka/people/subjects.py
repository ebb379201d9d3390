"""The client as a subject of events, tasks and files."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.files import register_reader
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.people import ports
from voronka.people.models import Client
from voronka.people.permissions import SEE_CLIENTS
from voronka.people.queries import client_names, get_client_for, public_ids


def _page(client_id: int) -> str:
    return reverse("people:client-detail", args=[public_ids("client", [client_id])[client_id]])


def _names(ids: list[int]) -> Mapping[int, str]:
    return client_names(ids)


def _may_read(actor: Actor, client_id: int) -> bool:
    try:
        get_client_for(actor, SEE_CLIENTS, client_id=client_id)
    except Refusal:
        return False
    return True


register_subject(SubjectKind("client", _("client"), _page, _names))
register_reader("client", _may_read)
ports.register_holder("client", lambda code: Client.with_binned.filter(fields__has_key=code).exists())
