"""Which limited field each column, contact and draft of a card belongs to: plain values."""

from collections.abc import Mapping

# Columns of a card by the limited field that they tell; those not named are open to all who see the card.
COLUMNS: Mapping[str, str] = {
    "city": "client.city",
    "address": "client.address",
    "address_label": "client.address",
    "postcode": "client.address",
    "position": "client.position",
    "birthday": "client.birthday",
    "comment": "client.comment",
    "inn": "client.requisites",
    "kpp": "client.requisites",
    "ogrn": "client.requisites",
    "bik": "client.requisites",
    "account": "client.requisites",
    "purchases_sum": "client.sum",
    "first_source": "client.source",
    "source": "client.source",  # as drafts call it
    "external_id": "client.external_id",
}
# Kinds of contacts by their limited field.
CONTACTS: Mapping[str, str] = {
    "phone": "client.phone",
    "email": "client.email",
    "telegram": "client.messengers",
    "whatsapp": "client.messengers",
    "vk": "client.messengers",
    "max": "client.messengers",
    "site": "client.messengers",
}


def custom_code(code: str, subject: str = "client") -> str:
    """Return the limited field of a custom field of clients or deals."""
    return f"{subject}.custom.{code}"


def code_of_target(target: str) -> str:
    """Return the limited field of what a column of a file may mean; empty for one that nobody can narrow."""
    if target.startswith("custom:"):
        return custom_code(target.removeprefix("custom:"))
    if target.startswith("address_"):
        return COLUMNS["address"]
    return CONTACTS.get(target) or COLUMNS.get(target, "")


def codes_of_contact(kind: str, value: str) -> tuple[str, ...]:
    """Return the limited fields that a contact tells: a messenger known by a number tells the phone too."""
    own = CONTACTS.get(kind, "client.messengers")
    is_number = kind != "phone" and value.startswith("+")
    return (own, "client.phone") if is_number else (own,)
