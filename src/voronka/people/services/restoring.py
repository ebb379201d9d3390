"""Old values of a card put back from the history, by the same verb that edits it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.kit import history
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.people.models import Client
from voronka.people.services.clients import update_client

COLUMNS = {
    "name": pgettext_lazy("client", "name"),
    "last_name": gettext_lazy("surname"),
    "first_name": gettext_lazy("first name"),
    "middle_name": gettext_lazy("patronymic"),
    "gender": gettext_lazy("gender"),
    "birthday": gettext_lazy("birthday"),
    "city": gettext_lazy("city"),
    "address": gettext_lazy("address"),
    "address_label": gettext_lazy("what this address is"),
    "postcode": gettext_lazy("postcode"),
    "position": gettext_lazy("position"),
    "call_opens_minute": gettext_lazy("calls from, by the clock"),
    "call_closes_minute": gettext_lazy("calls till, by the clock"),
    "is_vip": gettext_lazy("VIP"),
    "comment": gettext_lazy("comment"),
    "inn": gettext_lazy("INN"),
    "kpp": gettext_lazy("KPP"),
    "ogrn": gettext_lazy("OGRN"),
    "bik": gettext_lazy("BIK"),
    "account": gettext_lazy("bank account"),
    "fields": gettext_lazy("own fields"),
    "responsible_id": gettext_lazy("responsible"),
    "external_id": gettext_lazy("number in another system"),
}


def restore_client(actor: Actor, row_id: int, column: str, value: Any) -> None:  # a JSON value of a column
    """Put one column of a card back to an earlier value; `fields` are all its custom fields at once.

    Raises NotFound for a card that is gone or in the bin, and what `update_client` raises.
    """
    present = Client.objects.filter(pk=row_id).values("version", "fields").first()
    if present is None:
        raise NotFound(_("There is no such client."))
    if column == "fields":  # editing changes only what it names: what has come since is named as empty
        value = {**dict.fromkeys(present["fields"], ""), **value}
    update_client(
        actor=actor, client_id=row_id, changes={column: value}, version=present["version"], now=timezone.now()
    )


def register() -> None:
    """Tell the history how cards are named and put back."""
    history.register_restorer("people_client", restore_client, columns=COLUMNS)
    history.name_table(
        "people_client",
        gettext_lazy("Client"),
        {**COLUMNS, "zone": gettext_lazy("time zone"), "zone_sure": gettext_lazy("time zone is sure")},
        hide=["sort_key", "name_key", "version"],
    )
    history.name_table("people_contactpoint", gettext_lazy("Contact of a client"))
    history.name_table(
        "people_address",
        gettext_lazy("Address of a client"),
        {
            "label": gettext_lazy("what this address is"),
            "city": gettext_lazy("city"),
            "line": gettext_lazy("address"),
            "postcode": gettext_lazy("postcode"),
        },
        hide=["position", "version"],
    )
    history.name_table("people_consent", gettext_lazy("Consent"))
    history.name_table(
        "people_fieldweight",
        gettext_lazy("Weight of a field"),
        {"code": gettext_lazy("field"), "weight": gettext_lazy("weight"), "question": gettext_lazy("question")},
    )
