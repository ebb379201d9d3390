"""What callers hand in: plain typed values, as they were typed or read; the services make them fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from voronka.kit.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """A way to reach the client. `kind` is one of ContactPoint.Kind; a phone may hold two numbers and an extension."""

    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressDraft:
    """An address of a client: `label` is what it is to him (home, office), `line` street and house."""

    label: str = ""
    city: str = ""
    line: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """A consent given or withdrawn. Purposes: advertising, personal_data; channels: any, email, sms, phone."""

    purpose: str
    given: bool = True
    channel: str = "any"
    text_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDraft:
    """A card as somebody typed it.

    A person is named by `name` in one piece (its parts are recognised) or by the parts; an organisation by `name`.
    `zone` is set by hand, `browser_zone` told by the client's browser. Calling hours are minutes of the client's day.
    `fields` are values of custom fields by code, as typed or as the field's own type.
    """

    kind: str = "person"
    name: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    gender: str = ""
    birthday: date | str | None = None
    contacts: tuple[ContactDraft, ...] = ()
    city: str = ""
    address: str = ""
    address_label: str = ""
    postcode: str = ""
    position: str = ""
    zone: str = ""
    browser_zone: str = ""
    call_opens_minute: int | None = None
    call_closes_minute: int | None = None
    is_vip: bool = False
    comment: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    bik: str = ""
    account: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    responsible_id: int | None = None
    external_id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchData:
    """A contact of somebody with the company, as it came in: who, how, from where.

    `channel` is form, hand, import or api. `phones` and `emails` as typed. `extra` keeps fields nobody knows.
    `request_id` is the sender's own: a repeated one makes no second touch. `wants_contact` says that an answer is due:
    LeadReceived is then announced. `signs` are codes of what looks like spam.
    """

    channel: str
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    city: str = ""
    message: str = ""
    browser_zone: str = ""
    external_id: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    referrer: str = ""
    page: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, object] = field(default_factory=dict)
    consents: tuple[ConsentDraft, ...] = ()
    signs: tuple[str, ...] = ()
    request_id: str = ""
    wants_contact: bool = True


@dataclass(frozen=True, slots=True)
class TouchResult:
    """What a touch came to: the card, whether it is new, the touch, and whether it had been received before."""

    client_id: int
    is_new: bool
    touch_id: int
    is_repeated: bool = False


class CardChanged(Conflict):
    """Somebody else saved the card since the actor read it.

    `current` holds the card's values of the fields that the actor wanted to change, `changed` the codes of all that
    others changed meanwhile, `version` the card's version now: with it the actor may save again.
    """

    code = "card_changed"

    def __init__(self, message: str, *, current: dict[str, object], changed: set[str], version: int) -> None:
        super().__init__(message)
        self.current, self.changed, self.version = current, changed, version
