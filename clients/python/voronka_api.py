"""A client of Voronka's API. Made by tools/api_client.py from the OpenAPI document: change that, not this.

Nothing but the standard library of Python 3.11 is needed:

    voronka = Voronka("https://crm.example.com", key="vrk_...")
    card = voronka.create_client({"name": "Anna", "contacts": [{"kind": "phone", "value": "+79161234567"}]})
    for client in each(voronka.list_clients, filters={"city": "Омск"}):
        print(client["name"])

A writing request carries an Idempotency-Key, so it is safely sent again when the connection breaks.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast


class Refused(Exception):
    """The API refused a request (RFC 9457). `code` is stable, `detail` and `fields` are words for people."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        self.fields: dict[str, str] = dict(problem.get("fields", {}))
        self.problem = dict(problem)


class Transport:
    """Sends requests: repeats those that may be repeated, waits where it is told to."""

    def __init__(
        self, address: str, key: str, *, language: str = "en", timeout: float = 30.0, attempts: int = 4
    ) -> None:
        """`address` is that of the installation, `key` one of the API; `timeout` is in seconds, for each attempt."""
        self.address = address.rstrip("/")
        self._key = key
        self.language = language
        self.timeout = timeout
        self.attempts = attempts

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        sent: object = None,
        files: Sequence[tuple[str, bytes]] = (),
        token: str | None = None,
        match: str | None = None,
    ) -> Any:  # whatever JSON the operation answers
        """Send one request and return its answer: JSON, bytes of a file, None for no content. Raises Refused."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Accept-Language": self.language,
            "User-Agent": "voronka-python/1",
        }
        if method != "GET":
            headers["Idempotency-Key"] = token or str(uuid.uuid4())
        if match is not None:
            headers["If-Match"] = match
        body = None
        if files:
            headers["Content-Type"], body = _multipart(cast("Mapping[str, object]", sent or {}), files)
        elif sent is not None:
            headers["Content-Type"], body = "application/json", json.dumps(sent, ensure_ascii=False).encode()
        words = {name: value for name, value in (query or {}).items() if value is not None and value != ""}
        address = self.address + path + ("?" + urllib.parse.urlencode(words) if words else "")
        return self._tried(urllib.request.Request(address, data=body, headers=headers, method=method))

    def _tried(self, request: urllib.request.Request) -> Any:  # whatever JSON the operation answers
        for attempt in range(1, self.attempts + 1):
            wait = 0.2 * 2**attempt
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return _read(answer.read(), answer.headers.get_content_type())
            except urllib.error.HTTPError as error:
                with error:
                    refused = Refused(error.code, _problem(error.read()))
                    asked = error.headers.get("Retry-After", "")
                again = error.code in (429, 503) or refused.code == "in_progress"
                if not again or attempt == self.attempts:
                    raise refused from None
                wait = float(asked) if asked.isdecimal() else wait
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if attempt == self.attempts:
                    raise
            time.sleep(wait)
        raise AssertionError("unreachable")


def _read(body: bytes, kind: str) -> Any:  # whatever JSON the operation answers
    if not body:
        return None
    return json.loads(body) if kind == "application/json" else body


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _multipart(fields: Mapping[str, object], files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    boundary, parts = secrets.token_hex(16), list[bytes]()
    for field, value in fields.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        parts.append(f'Content-Disposition: form-data; name="{field}"\r\n\r\n{text}'.encode())
    for name, content in files:
        tidy = name.replace('"', "").replace("\r", "").replace("\n", "")
        head = (
            f'Content-Disposition: form-data; name="file"; filename="{tidy}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content)
    divider = f"--{boundary}".encode()
    body = b"".join(divider + b"\r\n" + one + b"\r\n" for one in parts) + divider + b"--\r\n"
    return f"multipart/form-data; boundary={boundary}", body


def each(operation: Callable[..., Any], *arguments: str, **query: Any) -> Iterator[Any]:  # items of any list
    """Yield everything that a listing operation finds, page after page."""
    cursor: str | None = ""
    while cursor is not None:
        page = operation(*arguments, cursor=cursor, **query)
        yield from page["items"]
        cursor = None if page.get("is_end") else page["next"]


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, tolerance: float = 300.0) -> bool:
    """Tell whether a message of a webhook comes from the holder of the secret and is not older than `tolerance`.

    `headers` are those of the request, whatever their case; take each `webhook-id` once.
    """
    known = {name.lower(): value for name, value in headers.items()}
    moment = known.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{known.get('webhook-id', '')}.{moment}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(wanted, one) for one in known.get("webhook-signature", "").split(" "))


def _quoted(word: object) -> str:
    return urllib.parse.quote(str(word), safe="")


class About(TypedDict):
    """The client or deal that a task is about."""

    kind: Literal["client", "deal"]
    id: str
    name: str


class Address(TypedDict):
    """An address of a client: `address` is street and house, `label` what it is to him. The main one has the id `main`, whichever it is; the id of another one never comes to mean another place."""

    id: str
    label: str
    city: str
    address: str
    postcode: str
    is_main: bool


class AddressChanges(TypedDict):
    """What is to be changed of an address; what is not sent stays. `is_main` makes it the main one. `version` is the card's as you read it: the address `main` is refused where it has become another one since."""

    label: NotRequired[str | None]
    city: NotRequired[str | None]
    address: NotRequired[str | None]
    postcode: NotRequired[str | None]
    is_main: NotRequired[Literal[True] | None]
    version: NotRequired[int | None]


class AddressGiven(TypedDict):
    """An address of a client, with a city or a line at least. `is_main`: zone and hours for calls go by it."""

    label: NotRequired[str]
    city: NotRequired[str]
    address: NotRequired[str]
    postcode: NotRequired[str]
    is_main: NotRequired[bool]


class AnswerGiven(TypedDict):
    """`same` puts the row into the card, `new` makes another and remembers it, `leave` loads nothing."""

    answer: Literal["same", "new", "leave"]


class Answered(TypedDict):
    """What may be said: `answer` is null when nothing is sure; `nearest` are up to three to choose from."""

    is_sure: bool
    answer: "Article | None"
    nearest: list["NearArticle"]


class Arm(TypedDict):
    """An arm. `band` is null for the control, and while too few have bought; `verdict` tells what is sure."""

    number: int
    name: str
    share: int
    is_control: bool
    shown: int
    buyers: int
    orders: int
    money: str
    returned: str
    verdict: Literal["better", "worse", "same", "open"] | None
    band: "Band | None"


class Article(TypedDict):
    """An answer with its ways to ask; `question` is the main one. `version` guards changes against each other."""

    id: str
    question: str
    further_questions: list[str]
    answer: str
    is_on: bool
    source: Literal["hand", "learnt"]
    version: int
    changed_at: str


class ArticleChanges(TypedDict):
    """Only what is sent is changed; with `version` nothing is, when somebody has saved since."""

    question: NotRequired[str | None]
    further_questions: NotRequired[list[str] | None]
    answer: NotRequired[str | None]
    is_on: NotRequired[bool | None]
    version: NotRequired[int | None]


class ArticleList(TypedDict):
    """A page of answers by their questions; `next` is the cursor of the next page, null at the end."""

    items: list["Article"]
    next: str | None


class Ask(TypedDict):
    """What is answered before a press: the answer goes into `answers` under `key`, as text."""

    key: str
    kind: Literal[
        "moment", "text", "money", "number", "date", "choice", "choices", "yes_no", "person", "file", "link"
    ]
    label: str
    required: bool
    options: list[dict[str, str]]
    default: str | None
    hint: str


class AskGiven(TypedDict):
    """A question as somebody typed it. A trial notes nothing; else a question without an answer is kept."""

    question: str
    is_trial: NotRequired[bool]


class Assignment(TypedDict):
    """A task that one person set for another or himself. `about` is told to whom may see that record. `state` of one that is no longer open says how it ended; those `binned` went with their deal or client."""

    id: str
    title: str
    why: str
    kind: "Named | None"
    about: "About | None"
    employee: "Named | None"
    author: "Named | None"
    due_at: str | None
    is_overdue: bool
    is_high: bool
    state: Literal["open", "done", "withdrawn", "binned"]
    result: str
    parent: str | None
    made_at: str
    closed_at: str | None


class AssignmentChanges(TypedDict):
    """Only what is sent is changed."""

    title: NotRequired[str | None]
    why: NotRequired[str | None]
    due_at: NotRequired[str | None]
    employee: NotRequired[str | None]
    is_high: NotRequired[bool | None]


class AssignmentDetail(TypedDict):
    """A task with the answers to its kind's questions, its checklist, the tasks under it, its files and discussion."""

    id: str
    title: str
    why: str
    kind: "Named | None"
    about: "About | None"
    employee: "Named | None"
    author: "Named | None"
    due_at: str | None
    is_overdue: bool
    is_high: bool
    state: Literal["open", "done", "withdrawn", "binned"]
    result: str
    parent: str | None
    made_at: str
    closed_at: str | None
    answers: dict[str, str]
    checks: list["Check"]
    subtasks: list["Assignment"]
    files: list["TaskFile"]
    remarks: list["Remark"]


class AssignmentList(TypedDict):
    """A page of tasks: open ones the soonest first, ended ones the latest first. `next` asks for the next page."""

    items: list["Assignment"]
    next: str | None


class AttachGiven(TypedDict):
    """Whom the request is from."""

    client: str


class Attempt(TypedDict):
    """One try of a delivery."""

    at: str
    milliseconds: int
    sent_headers: dict[str, str]
    status: int | None
    answer_headers: dict[str, str]
    answer: str
    error: str


class Automation(TypedDict):
    """An automation. `trigger` is the kind of what begins it, `subject` the kind of record that walks it."""

    id: str
    name: str
    is_on: bool
    trigger: str
    subject: str
    inside: int
    stuck: int
    entered_lately: int
    goals_lately: int


class AutomationList(TypedDict):
    """A page of automations, the newest first; figures are of thirty days."""

    items: list["Automation"]
    next: str | None


class AutomationSwitch(TypedDict):
    """Whether an automation is on."""

    is_on: bool


class BackGiven(TypedDict):
    """So many of a line of the order come back."""

    line: int
    quantity: NotRequired[float | str]
    condition: NotRequired[Literal["sale", "damaged"]]


class Band(TypedDict):
    """How much more than the control an arm brings by head shown: as it looks, and between what it surely lies."""

    estimate: float
    low: float
    high: float


class Bin(TypedDict):
    """A page of the recycle bin, the newest first."""

    items: list["BinnedClient"]
    next: str | None


class BinnedClient(TypedDict):
    """A client in the recycle bin: who put him there, when, and how many days are left."""

    client: "Named"
    by: "Named | None"
    at: str
    days_left: int


class Blocked(TypedDict):
    """A sender whose requests are thrown away."""

    id: str
    kind: str
    value: str
    at: str
    author: "Named | None"


class Buffer(TypedDict):
    """A buffer as it stands now. `lead_days` is what holds: its own, the supplier's, or seven."""

    id: str
    variant: "Named"
    code: str
    place: "Named"
    target: str
    min_lot: str
    multiple: str
    lead_days: int
    supplier: "Named | None"
    source: "Named | None"
    zone: Literal["red", "yellow", "green", "above"]
    on_hand: str
    promised: str
    coming: str
    per_day: str
    advised: str | None


class BufferGiven(TypedDict):
    """A buffer as it is wanted; at most one of `supplier` and `source`."""

    variant: str
    place: str
    target: float | str
    lead_days: NotRequired[int | None]
    min_lot: NotRequired[float | str]
    multiple: NotRequired[float | str]
    supplier: NotRequired[str | None]
    source: NotRequired[str | None]


class BufferList(TypedDict):
    """A page of buffers."""

    items: list["Buffer"]
    next: NotRequired[str | None]


class BuffersGiven(TypedDict):
    """Buffers to set: all of them or none."""

    buffers: list["BufferGiven"]


class BuffersSet(TypedDict):
    """How many buffers are new, and how many others changed."""

    new: int
    changed: int


class BulkAction(TypedDict):
    """What to do to each: one thing. `field` is the code of an own field for field, add and remove."""

    action: Literal["responsible", "city", "vip", "field", "add", "remove", "delete"]
    field: NotRequired[str]
    value: NotRequired[Any]


class BulkChange(TypedDict):
    """A change of many clients. `left` counts those left out by why: not_yours, same, held. `seen` of `total` have been looked at, `changed` changed. `undo` says how many were restored, and kept because they have been changed again since. `may` names the actions that are open to the key."""

    id: str
    state: Literal["draft", "running", "done", "stopped", "failed", "undoing", "undone"]
    total: int
    seen: int
    changed: int
    left: dict[str, int]
    undo: dict[str, int]
    error: str
    does: "BulkDone | None"
    may: list[Literal["responsible", "city", "vip", "field", "add", "remove", "delete"]]
    made_at: str
    finished_at: str | None


class BulkDone(TypedDict):
    """What a change does to each client."""

    action: Literal["responsible", "city", "vip", "field", "add", "remove", "delete"]
    field: str
    value: Any


class BulkPreview(TypedDict):
    """What the action would do. `may_be_held`: some of them may yet turn out to be held by an open deal."""

    total: int
    will_change: int
    left: dict[str, int]
    samples: list["BulkSample"]
    may_be_held: bool


class BulkSample(TypedDict):
    """A client before and after; `why` he would be left out."""

    name: str
    before: str
    after: str
    why: str


class BulkStart(TypedDict):
    """Whom to change: `clients` by id, or all whom the list of `query` finds now; an empty one finds everybody."""

    clients: NotRequired[list[str] | None]
    query: NotRequired[str | None]


class ButtonGiven(TypedDict):
    """A button to be. `hotkey` null: the lowest digit that is free."""

    key: NotRequired[str]
    label: str
    icon: NotRequired[str]
    tone: NotRequired[Literal["ink", "next", "gain", "late"]]
    hotkey: NotRequired[int | None]
    outcomes: list["OutcomeGiven"]


class ButtonList(TypedDict):
    """The buttons that may be pressed now; `step` is the step they belong to."""

    items: list["ButtonOut"]
    step: str | None


class ButtonOut(TypedDict):
    """A button of the deal's stage. The first outcome is that of a plain press."""

    key: str
    label: str
    icon: str
    colour: str
    hotkey: int
    is_next: bool
    outcomes: list["OutcomeOut"]


class ButtonProblem(TypedDict):
    """What keeps the draft from being enabled, and where: `buttons.0.outcomes.1.steps.2`."""

    place: str
    message: str


class ButtonSetup(TypedDict):
    """A button as it is set up. `tone`: plain ink, the way forward (next), money (gain) or refusal (late)."""

    key: str
    label: str
    icon: str
    tone: Literal["ink", "next", "gain", "late"]
    hotkey: int
    outcomes: list["OutcomeSetup"]


class CallingHours(TypedDict):
    """When a client may be called: minutes of his own day."""

    opens_minute: int
    closes_minute: int


class Campaign(TypedDict):
    """A campaign. `saved_list` is the list of clients that it goes to, null where it was drawn up on a page. It goes as soon as it is started (`way` now), at `starts_at`, or at `hour` of `on_day` by each client's own clock. `asks_why` is why it asks a person before it runs. `version` guards changes of a draft against each other."""

    id: str
    name: str
    channel: Literal["email", "sms"]
    traffic: Literal["service", "advertising"]
    state: Literal["draft", "scheduled", "asks", "running", "paused", "done", "stopped"]
    asks_why: Literal[
        "", "overdue", "left", "restored", "gone", "broken", "invalid", "conflict", "not_found", "denied"
    ]
    asks_words: str
    saved_list: str | None
    variants: list["CampaignVariant"]
    way: Literal["now", "at", "clock"]
    starts_at: str | None
    on_day: str | None
    hour: str | None
    a_minute: int | None
    window_days: int
    version: int
    started_by: "Named | None"
    made_at: str
    started_at: str | None
    ended_at: str | None


class CampaignChange(TypedDict):
    """A draft as it is to be, whole; with `version` nothing is changed when somebody has saved since."""

    name: str
    channel: NotRequired[Literal["email", "sms"]]
    traffic: NotRequired[Literal["service", "advertising"]]
    saved_list: str
    variants: list["VariantGiven"]
    way: NotRequired[Literal["now", "at", "clock"]]
    starts_at: NotRequired[str | None]
    on_day: NotRequired[str | None]
    hour: NotRequired[str | None]
    a_minute: NotRequired[int | None]
    window_days: NotRequired[int]
    version: NotRequired[int | None]


class CampaignCheck(TypedDict):
    """What a campaign would come to, reckoned on the first `seen` of the `total` clients of its list; on all of them as of `all_at`, where they were judged by `judge_campaign` within half an hour. `going` is how far that is. `refused` and `waits` count by the code of the reason, `missing` the clients for whom a field of the text says nothing."""

    total: int
    seen: int
    all_at: str | None
    going: "CheckGoing | None"
    goes: int
    refused: dict[str, int]
    waits: dict[str, int]
    missing: dict[str, int]
    parts: int
    cost: str | None


class CampaignFigures(TypedDict):
    """What became of a campaign, or of one of its texts (`variant` from 1; 0 for all of them). `refused` and `failed` count by the code of the reason, `states` by the state of the message; `money` is what the orders after it came to, by currency."""

    variant: int
    planned: int
    handed: int
    accepted: int
    delivered: int
    bounced: int
    complaints: int
    left: int
    unknown: int
    states: dict[str, int]
    refused: dict[str, int]
    failed: dict[str, int]
    orders: int
    lost: int
    money: dict[str, str]
    parts: int
    cost: str | None


class CampaignGiven(TypedDict):
    """A draft of a campaign to a saved list of clients."""

    name: str
    channel: NotRequired[Literal["email", "sms"]]
    traffic: NotRequired[Literal["service", "advertising"]]
    saved_list: str
    variants: list["VariantGiven"]
    way: NotRequired[Literal["now", "at", "clock"]]
    starts_at: NotRequired[str | None]
    on_day: NotRequired[str | None]
    hour: NotRequired[str | None]
    a_minute: NotRequired[int | None]
    window_days: NotRequired[int]


class CampaignList(TypedDict):
    """A page of campaigns, the newest first."""

    items: list["Campaign"]
    next: str | None


class CampaignProgress(TypedDict):
    """How far a campaign is: clients of its list, those with a message, those of whom nothing more is to go."""

    total: int
    frozen: int
    ended: int
    a_minute: int


class CampaignResults(TypedDict):
    """What came of a campaign: all of it first, then each of several texts. Openings are of letters of blocks."""

    figures: list["CampaignFigures"]
    opened: "Touched"
    clicked: "Touched"


class CampaignVariant(TypedDict):
    """A text of a campaign and its share of the recipients, in parts of all shares."""

    number: int
    template: "Named"
    share: int


class CampaignWhole(TypedDict):
    """A campaign with how far it is, null before its start."""

    id: str
    name: str
    channel: Literal["email", "sms"]
    traffic: Literal["service", "advertising"]
    state: Literal["draft", "scheduled", "asks", "running", "paused", "done", "stopped"]
    asks_why: Literal[
        "", "overdue", "left", "restored", "gone", "broken", "invalid", "conflict", "not_found", "denied"
    ]
    asks_words: str
    saved_list: str | None
    variants: list["CampaignVariant"]
    way: Literal["now", "at", "clock"]
    starts_at: str | None
    on_day: str | None
    hour: str | None
    a_minute: int | None
    window_days: int
    version: int
    started_by: "Named | None"
    made_at: str
    started_at: str | None
    ended_at: str | None
    progress: "CampaignProgress | None"


class CancelGiven(TypedDict):
    """Why an order is cancelled."""

    cause: str


class CardChange(TypedDict):
    """A change of a card: whose (nobody's where the system did it), when, the fields that the reader may see."""

    id: int
    at: str
    who: "Named | None"
    fields: list["FieldChange"]


class CardHistory(TypedDict):
    """A page of the changes of a card, newest first."""

    items: list["CardChange"]
    next: str | None


class Category(TypedDict):
    """A category; `products` counts those that lie in it themselves."""

    id: str
    name: str
    parent: str | None
    products: int


class CategoryGiven(TypedDict):
    """A category as it is wanted; without a parent it stands at the top."""

    name: str
    parent: NotRequired[str | None]


class CategoryList(TypedDict):
    """All categories, each behind the one above it."""

    items: list["Category"]


class Check(TypedDict):
    """A line of a task's checklist."""

    id: str
    text: str
    done_at: str | None


class CheckGiven(TypedDict):
    """A line to be added to the checklist."""

    text: str


class CheckGoing(TypedDict):
    """How far the judging of all clients of a list is."""

    seen: int
    total: int


class Choice(TypedDict):
    """A value that a filter takes, and its words."""

    value: str
    words: str


class Client(TypedDict):
    """A client's card. `fields` holds the values of custom fields by their codes; `version` grows with each change. `city`, `address`, `address_label` and `postcode` are of the main address."""

    id: str
    version: int
    kind: Literal["person", "organisation"]
    name: str
    last_name: str
    first_name: str
    middle_name: str
    gender: str
    birthday: str | None
    contacts: list["Contact"]
    city: str
    address: str
    address_label: str
    postcode: str
    position: str
    zone: str
    zone_is_sure: bool
    calling_hours: "CallingHours | None"
    is_vip: bool
    comment: str
    inn: str
    kpp: str
    ogrn: str
    bik: str
    account: str
    fields: dict[str, Any]
    responsible: "Named | None"
    external_id: str
    purchases_sum: str | None
    source: str
    made_at: str


class ClientCard(TypedDict):
    """A client's card with all his addresses, the main one first, and who speaks for him, or for whom he speaks."""

    id: str
    version: int
    kind: Literal["person", "organisation"]
    name: str
    last_name: str
    first_name: str
    middle_name: str
    gender: str
    birthday: str | None
    contacts: list["Contact"]
    city: str
    address: str
    address_label: str
    postcode: str
    position: str
    zone: str
    zone_is_sure: bool
    calling_hours: "CallingHours | None"
    is_vip: bool
    comment: str
    inn: str
    kpp: str
    ogrn: str
    bik: str
    account: str
    fields: dict[str, Any]
    responsible: "Named | None"
    external_id: str
    purchases_sum: str | None
    source: str
    made_at: str
    addresses: list["Address"]
    persons: list["Workplace"]
    workplaces: list["Workplace"]


class ClientChanges(TypedDict):
    """Only the fields that are sent are changed; `contacts` replaces all, `fields` only those it names. `version` is the card's as you read it; the header If-Match does the same."""

    kind: NotRequired[Literal["person", "organisation"]]
    name: NotRequired[str]
    last_name: NotRequired[str]
    first_name: NotRequired[str]
    middle_name: NotRequired[str]
    gender: NotRequired[Literal["", "m", "f"]]
    birthday: NotRequired[str | None]
    contacts: NotRequired[list["ContactGiven"]]
    city: NotRequired[str]
    address: NotRequired[str]
    address_label: NotRequired[str]
    postcode: NotRequired[str]
    position: NotRequired[str]
    zone: NotRequired[str]
    call_opens_minute: NotRequired[int | None]
    call_closes_minute: NotRequired[int | None]
    is_vip: NotRequired[bool]
    comment: NotRequired[str]
    inn: NotRequired[str]
    kpp: NotRequired[str]
    ogrn: NotRequired[str]
    bik: NotRequired[str]
    account: NotRequired[str]
    fields: NotRequired[dict[str, Any]]
    responsible: NotRequired[str | None]
    external_id: NotRequired[str]
    source: NotRequired[str]
    version: NotRequired[int | None]


class ClientFields(TypedDict):
    """What may be said of a client. A name in one piece is taken apart by itself."""

    kind: NotRequired[Literal["person", "organisation"]]
    name: NotRequired[str]
    last_name: NotRequired[str]
    first_name: NotRequired[str]
    middle_name: NotRequired[str]
    gender: NotRequired[Literal["", "m", "f"]]
    birthday: NotRequired[str | None]
    contacts: NotRequired[list["ContactGiven"]]
    city: NotRequired[str]
    address: NotRequired[str]
    address_label: NotRequired[str]
    postcode: NotRequired[str]
    position: NotRequired[str]
    zone: NotRequired[str]
    call_opens_minute: NotRequired[int | None]
    call_closes_minute: NotRequired[int | None]
    is_vip: NotRequired[bool]
    comment: NotRequired[str]
    inn: NotRequired[str]
    kpp: NotRequired[str]
    ogrn: NotRequired[str]
    bik: NotRequired[str]
    account: NotRequired[str]
    fields: NotRequired[dict[str, Any]]
    responsible: NotRequired[str | None]
    external_id: NotRequired[str]
    source: NotRequired[str]


class ClientList(TypedDict):
    """A page of clients. `next` asks for the next page; `is_cut`: the text finds more than the search looks through."""

    items: list["Client"]
    next: str | None
    is_cut: NotRequired[bool]


class ClientMade(TypedDict):
    """A new card, and the cards that may be the same client."""

    client: "Client"
    duplicates: list["Duplicate"]
    warnings: list[str]


class Code(TypedDict):
    """A code. `left` is null where it has no limit."""

    id: str
    code: str
    used: int
    left: int | None
    is_on: bool


class CodeList(TypedDict):
    """Codes, in the order of making."""

    items: list["Code"]
    next: NotRequired[str | None]


class CodesGiven(TypedDict):
    """How many codes to make, what stands before each, whom alone they are for."""

    count: int
    prefix: NotRequired[str]
    client: NotRequired[str | None]


class Column(TypedDict):
    """A column of the file as it was recognised or chosen: `target` is empty where it is left out."""

    header: str
    target: str
    samples: list[str]


class ColumnGiven(TypedDict):
    """What a column means: a target, `custom:CODE`, `new` (with the name and kind of a new field), or nothing."""

    target: NotRequired[str]
    name: NotRequired[str]
    kind: NotRequired[Literal["text", "number", "money", "date", "yes_no", "link"]]


class ColumnsGiven(TypedDict):
    """All columns in the order of the file; without them those recognised are taken."""

    columns: NotRequired[list["ColumnGiven"] | None]
    options: NotRequired["Options"]


class Company(TypedDict):
    """The company's own defaults; calling hours are minutes of the client's day."""

    name: str
    zone: str
    country: str
    currency: str
    language: str
    call_opens_minute: int
    call_closes_minute: int


class CompanyChanges(TypedDict):
    """Only what is sent is changed; `modules_off` and `unused` are whole lists of codes."""

    name: NotRequired[str | None]
    zone: NotRequired[str | None]
    country: NotRequired[str | None]
    currency: NotRequired[str | None]
    language: NotRequired[Literal["ru", "en"] | None]
    call_opens_minute: NotRequired[int | None]
    call_closes_minute: NotRequired[int | None]
    is_led: NotRequired[bool | None]
    modules_off: NotRequired[list[str] | None]
    unused: NotRequired[list[str] | None]


class CompanySettings(TypedDict):
    """All settings of the company. `form_url`: where forms of sites are sent to. `is_led`: managers take clients strictly in the order of the feed. `unused`: sections and buttons that nobody uses."""

    name: str
    zone: str
    country: str
    currency: str
    language: str
    call_opens_minute: int
    call_closes_minute: int
    is_led: bool
    form_url: str
    modules: list["Module"]
    unused: list[str]


class Consent(TypedDict):
    """What holds now: the newest word of the client on a purpose and channel."""

    purpose: Literal["advertising", "personal_data"]
    channel: Literal["any", "email", "sms", "phone"]
    given: bool
    at: str
    text_version: str
    source: str


class ConsentGiven(TypedDict):
    """A consent given or withdrawn; `source` says where, in words."""

    purpose: Literal["advertising", "personal_data"]
    channel: NotRequired[Literal["any", "email", "sms", "phone"]]
    given: NotRequired[bool]
    text_version: NotRequired[str]
    source: str


class ConsentList(TypedDict):
    """What holds now, by purpose and channel."""

    items: list["Consent"]


class Contact(TypedDict):
    """A way to reach a client: phones in E.164, addresses in lower case."""

    kind: Literal["phone", "email", "telegram", "whatsapp", "vk", "max", "site"]
    value: str
    extension: NotRequired[str]
    label: NotRequired[str]


class ContactGiven(TypedDict):
    """A way to reach a client as somebody typed it."""

    kind: Literal["phone", "email", "telegram", "whatsapp", "vk", "max", "site"]
    value: str
    label: NotRequired[str]


class CustomFieldList(TypedDict):
    """The company's own fields in their order."""

    items: list["CustomFieldOut"]


class CustomFieldOut(TypedDict):
    """A field of the company's own, of clients or of deals; filters of its list name it `f.custom.CODE`."""

    id: str
    subject: Literal["client", "deal"]
    code: str
    name: str
    kind: Literal["text", "number", "money", "date", "choice", "choices", "person", "link", "file", "yes_no"]
    options: list[str]
    is_active: bool


class Day(TypedDict):
    """A day that is worked or not whatever the week says."""

    on: str
    works: bool
    name: str


class DayGiven(TypedDict):
    """Whether a day is worked, and why."""

    works: NotRequired[bool]
    name: NotRequired[str]


class DayList(TypedDict):
    """The single days of a year in order."""

    items: list["Day"]


class Days(TypedDict):
    """A stretch of the company's days, both ends in it."""

    first: str
    last: str


class Deal(TypedDict):
    """A possible sale to a client. An open deal always has its next step."""

    id: str
    client: "Named"
    pipeline: "Named"
    stage: "Named"
    title: str
    sum: str | None
    currency: str
    goods_count: int
    responsible: "Named | None"
    state: Literal["open", "won", "lost", "archived"]
    next_step: "Step | None"
    misses: int
    tags: list[str]
    fields: dict[str, Any]
    loss_reason: "Reason | None"
    source: str
    stage_since: str
    made_at: str
    closed_at: str | None


class DealChanges(TypedDict):
    """Only the own fields that are sent are changed, by their codes; null empties one."""

    fields: dict[str, Any]


class DealList(TypedDict):
    """A page of deals. `next` asks for the next page."""

    items: list["Deal"]
    next: str | None


class DealsGiven(TypedDict):
    """How to put an import's clients into a pipeline: over how many working days, whose they are, what about."""

    pipeline: str
    days: NotRequired[int]
    responsible: NotRequired[str]
    title: NotRequired[str]


class DealsOffer(TypedDict):
    """How many clients of an import have no deal, and how many deals were opened from it."""

    waiting: int
    opened: int


class Debt(TypedDict):
    """What a client owes by unpaid invoices; `late` should have been paid by now."""

    client: "Named | None"
    sum: str
    late: str
    ages: dict[str, str]


class DebtList(TypedDict):
    """Debts, the biggest first."""

    items: list["Debt"]


class Delivery(TypedDict):
    """A message: `message` is its `webhook-id`, the same over all tries."""

    id: str
    message: str
    event: str
    state: Literal["waiting", "sending", "sent", "failed", "cancelled"]
    attempts: int
    status: int | None
    made_at: str
    next_at: str | None
    settled_at: str | None


class DeliveryDetail(TypedDict):
    """A message with its body and all its tries."""

    id: str
    message: str
    event: str
    state: Literal["waiting", "sending", "sent", "failed", "cancelled"]
    attempts: int
    status: int | None
    made_at: str
    next_at: str | None
    settled_at: str | None
    body: str
    tries: list["Attempt"]


class DeliveryList(TypedDict):
    """A page of messages, newest first."""

    items: list["Delivery"]
    next: str | None


class DifferentGiven(TypedDict):
    """Two cards of different people."""

    clients: list[str]


class Document(TypedDict):
    """A paper. `number` is empty while it is a draft; `paid` is of invoices."""

    id: str
    kind: str
    state: Literal["draft", "issued", "void"]
    number: str
    day: str
    due_on: str | None
    client: "Named | None"
    title: str
    sum: str
    tax: str
    paid: str
    currency: str


class DocumentGiven(TypedDict):
    """A paper to be issued at once."""

    kind: NotRequired[Literal["invoice", "contract", "upd", "torg12", "factura", "act", "waybill", "back"]]
    client: str
    day: NotRequired[str | None]
    due_on: NotRequired[str | None]
    title: NotRequired[str]
    basis: NotRequired[str]
    lines: list["LineGiven"]


class DocumentList(TypedDict):
    """A page of papers, the newest first."""

    items: list["Document"]
    next: str | None


class Double(TypedDict):
    """Two cards that may be of one client: codes of the signs, and how likely (`score`, the higher the likelier)."""

    clients: list["Client"]
    signs: list[str]
    score: int


class DoubleList(TypedDict):
    """A page of likely doubles, the likeliest first. `next` asks for the next page."""

    items: list["Double"]
    next: str | None


class DoubtList(TypedDict):
    """A page of lines in doubt."""

    items: list["ListLine"]
    next: NotRequired[str | None]


class DoubtOffer(TypedDict):
    """One of our variants that the line may be; `score` is the likeness from 0 on, the likeliest first."""

    variant: str
    code: str
    name: str
    score: float


class DraftGiven(TypedDict):
    """The whole draft, all buttons in their order, over the one that you read (`rev`)."""

    rev: str
    buttons: list["ButtonGiven"]


class Duplicate(TypedDict):
    """A card that may be the same client: `same` surely, `ask` perhaps, `different` by name but sharing a contact."""

    client: "Client"
    verdict: Literal["same", "ask", "different"]
    signs: list[str]


class Duplicates(TypedDict):
    """The cards that may be the same client, surest first."""

    items: list["Duplicate"]


class EffectOut(TypedDict):
    """What a press did, in words."""

    code: str
    words: str
    at: str | None


class Employee(TypedDict):
    """An employee. The address and the way he takes clients (`feed`) are told to those only who manage employees."""

    id: str
    name: str
    first_name: str
    last_name: str
    role: str
    team: str | None
    zone: str
    is_active: bool
    has_joined: bool
    email: str | None
    feed: Literal["company", "led", "free"] | None


class EmployeeChanges(TypedDict):
    """Only what is sent is changed. `feed`: as the company, led strictly by the feed, or free to choose."""

    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    role: NotRequired[str | None]
    team: NotRequired[str | None]
    zone: NotRequired[str | None]
    feed: NotRequired[Literal["company", "led", "free"] | None]


class EmployeeList(TypedDict):
    """The employees by name."""

    items: list["Employee"]


class Event(TypedDict):
    """Something that happened. `data` differs by `type`: see `GET /events/kinds`."""

    id: int
    type: str
    timestamp: str
    employee: str | None
    data: dict[str, Any]


class EventKind(TypedDict):
    """A kind of event with the JSON schema and an example of its `data`."""

    type: str
    name: str
    schema: dict[str, Any]
    example: dict[str, Any]


class EventKindList(TypedDict):
    """All kinds of events."""

    items: list["EventKind"]


class EventList(TypedDict):
    """A page of the log, oldest first. `next` is always there: asked again later, it goes on where this page ended."""

    items: list["Event"]
    next: str
    is_end: bool


class Facet(TypedDict):
    """Something that a list can be filtered (`f.CODE`) or put in order (`sort`) by."""

    code: str
    name: str
    kind: str
    sorts: bool
    choices: list["Choice"] | None


class FacetList(TypedDict):
    """All facets of a kind of record, the company's own fields among them."""

    items: list["Facet"]


class FieldChange(TypedDict):
    """A field of a card before and after a change: by its name in the card, an own field as `custom.CODE`."""

    field: str
    before: Any
    after: Any


class FieldChanges(TypedDict):
    """Only what is sent is changed; a field put away keeps its values."""

    name: NotRequired[str | None]
    options: NotRequired[list[str] | None]
    is_active: NotRequired[bool | None]
    place: NotRequired[int | None]


class FieldNames(TypedDict):
    """The fields that a letter may name, as they are written into it."""

    items: list[str]


class FileText(TypedDict):
    """What goes with a file: a text, none where the file says it all; `seen` and `anyway` as of a text."""

    text: NotRequired[str]
    seen: NotRequired[int]
    anyway: NotRequired[bool]


class FinishGiven(TypedDict):
    """The step that is to be made, by the `version` the paper was read at."""

    version: int


class Finished(TypedDict):
    """What became of a paper; `unsettled` holds up no other line."""

    state: Literal["draft", "open", "sent", "done", "cancelled"]
    version: int
    unsettled: list["Unsettled"]


class FirstLetter(TypedDict):
    """A letter that begins a thread with a client; subject and text may name fields in Liquid. `address` is one of the client's, his first where it is left out."""

    client: str
    mailbox: str
    subject: str
    body: str
    address: NotRequired[str]


class FunnelReport(TypedDict):
    """The funnel of a pipeline: deals closed in the periods."""

    period: "Days"
    against: "Days"
    currency: str
    manager: "Named | None"
    source: str
    pipeline: "Named"
    stages: list["FunnelStage"]
    won: "Won"
    won_before: "Won"
    losses: list["Loss"]


class FunnelStage(TypedDict):
    """A stage in both periods."""

    id: str
    name: str
    norm_days: int | None
    now: "StageFigures"
    before: "StageFigures"


class Goods(TypedDict):
    """A variant: what is sold by itself. `price` is of the default kind and holds now; null without one."""

    id: str
    product: str
    code: str
    name: str
    kind: Literal["goods", "service", "kit"]
    unit: str
    vat: str
    price: str | None
    barcodes: list[str]
    is_on_sale: bool


class GoodsGiven(TypedDict):
    """All lines of a deal: those that are not named are taken out."""

    lines: list["GoodsLineGiven"]


class GoodsLine(TypedDict):
    """A line of a deal: goods, or something told in words. Sums are null to one who may not see them."""

    id: str
    variant: str | None
    code: str
    name: str
    unit: str
    quantity: str
    price: str | None
    discount: str | None
    vat: str
    total: str | None


class GoodsLineGiven(TypedDict):
    """A line to be put: a variant, or words. Without `price` the client's own price is taken."""

    variant: NotRequired[str]
    name: NotRequired[str]
    quantity: NotRequired[float | str]
    price: NotRequired[float | str | None]
    discount: NotRequired[float | str]
    unit: NotRequired[str]
    vat: NotRequired[str]


class GoodsLines(TypedDict):
    """The lines of a deal in their order, and the sum that they make."""

    items: list["GoodsLine"]
    sum: str | None


class GoodsList(TypedDict):
    """A page of variants. `is_cut`: the text finds more than a thousand, the first thousand are looked through."""

    items: list["Goods"]
    next: NotRequired[str | None]
    is_cut: NotRequired[bool]


class HabitChanges(TypedDict):
    """Only what is sent is changed."""

    sound: NotRequired[bool | None]
    letter: NotRequired[bool | None]
    push_always: NotRequired[bool | None]
    lead_minutes: NotRequired[Literal[0, 5, 10, 15, 30, 60] | None]


class Habits(TypedDict):
    """How the key's maker likes to be reminded: sound on open pages, a letter each morning, so long before a call. With `push_always` his devices are told out of his working hours too, of what colleagues do as well."""

    sound: bool
    letter: bool
    push_always: bool
    lead_minutes: int


class HandOver(TypedDict):
    """A hand-over that was done. Author null: by itself, after a dismissal."""

    id: str
    way: Literal["rules", "pool", "person"]
    employee: "Named"
    to: "Named | None"
    author: "Named | None"
    deals: int
    tasks: int
    made_at: str
    undone_at: str | None


class HandOverGiven(TypedDict):
    """To whom: by the rules of each pipeline, into the common pools, or to a person, who gets the set tasks too."""

    way: NotRequired[Literal["rules", "pool", "person"]]
    to: NotRequired[str | None]


class HandOverList(TypedDict):
    """The latest hand-overs of an employee, newest first."""

    items: list["HandOver"]


class HandOverPlan(TypedDict):
    """What a hand-over would do now. `is_more`: more is open than goes at once; ask again after the first."""

    shares: list["HandOverShare"]
    deals: int
    tasks: int
    is_more: bool


class HandOverShare(TypedDict):
    """How many deals go to an employee, null for the common pools."""

    employee: "Named | None"
    deals: int


class HandOverUndone(TypedDict):
    """How much came back; what was closed or given on since stays."""

    deals: int
    tasks: int


class Held(TypedDict):
    """Until when the client is held; ask again before."""

    until: str


class HeldList(TypedDict):
    """The prices that wait, the oldest first, at most two hundred."""

    items: list["HeldPrice"]


class HeldPrice(TypedDict):
    """A price that the guard holds for a person."""

    id: str
    variant: str
    kind: str
    amount: str
    was: str | None
    reasons: list[str]
    made_at: str


class HolidaysGiven(TypedDict):
    """The year of the production calendar of Russia."""

    year: int


class HolidaysLoaded(TypedDict):
    """How many days were new; those that the company has said something of itself stay."""

    added: int


class HourAnswers(TypedDict):
    """First answers to requests of an hour of the day, by the company's clock."""

    hour: int
    count: int
    seconds: float | None
    count_before: int
    seconds_before: float | None


class Import(TypedDict):
    """A loading. new, checking, ready, running, done is the usual way; figures are of rows."""

    id: str
    file: str
    state: Literal["new", "checking", "ready", "running", "paused", "done", "stopped", "failed", "undoing", "undone"]
    sheet: str
    columns: list["Column"]
    total: int
    checked: int
    done: int
    made: int
    updated: int
    skipped: int
    rejected: int
    asked: int
    error: str
    by: "Named | None"
    made_at: str
    finished_at: str | None


class ImportList(TypedDict):
    """The latest loadings, newest first."""

    items: list["Import"]


class InBasket(TypedDict):
    """A line of a basket as the page told it; `variant` where the catalogue has it."""

    name: str
    variant: str | None
    count: str
    price: str | None


class InboxChanges(TypedDict):
    """Only what is sent is changed, each as a whole list."""

    channels: NotRequired[list[Literal["form", "api"]] | None]
    sources: NotRequired[list[str] | None]


class InboxRequest(TypedDict):
    """A request as it came, without what your role may not see. `signs` are codes of what looks like spam. `client` and `deal` say what it was sorted to, as far as you may see them."""

    id: str
    state: Literal["waiting", "accepted", "attached", "spam"]
    channel: str
    at: str
    due_at: str
    is_late: bool
    signs: list[str]
    name: str
    phones: list[str]
    emails: list[str]
    city: str
    message: str
    source: str
    medium: str
    campaign: str
    term: str
    content: str
    page: str
    referrer: str
    external_id: str
    extra: dict[str, str]
    fields: dict[str, Any]
    consents: list[str]
    client: str | None
    deal: str | None
    decided_by: "Named | None"
    decided_at: str | None


class InboxRequestList(TypedDict):
    """A page of requests: waiting ones the oldest first, sorted ones the newest first."""

    items: list["InboxRequest"]
    next: str | None


class InboxSettings(TypedDict):
    """Which requests wait to be sorted: all of these channels, all from these sources (`utm_source`); who is blocked. `blocked` is told to those only who sort requests."""

    channels: list[Literal["form", "api"]]
    sources: list[str]
    blocked: list["Blocked"]


class Invited(TypedDict):
    """An employee with the link by which he takes his place, once, within a week. Null where a letter is on its way to him, and where he has joined already."""

    employee: "Employee"
    link: str | None


class Item(TypedDict):
    """A module, a section of the menu or a single button that roles may leave out."""

    code: str
    name: str


class JudgeGiven(TypedDict):
    """The verdict; `question` and `answer` change the words before they are approved."""

    is_approved: bool
    question: NotRequired[str]
    answer: NotRequired[str]


class Kind(TypedDict):
    """A kind of tasks, what one of it cannot be set (`result`: ended) without, and the company's own questions."""

    id: str
    name: str
    requires: list[Literal["why", "about", "checklist", "file", "result"]]
    asks: list[str]
    is_active: bool


class KindChanges(TypedDict):
    """Only what is sent is changed; tasks that were set keep what they were asked."""

    name: NotRequired[str | None]
    requires: NotRequired[list[Literal["why", "about", "checklist", "file", "result"]] | None]
    asks: NotRequired[list[str] | None]
    is_active: NotRequired[bool | None]


class KindList(TypedDict):
    """The kinds in their order."""

    items: list["Kind"]


class Lead(TypedDict):
    """Somebody asked for contact: he lands on his card, known by phone, e-mail or outer id, and gets a deal."""

    name: NotRequired[str]
    phones: NotRequired[list[str]]
    emails: NotRequired[list[str]]
    city: NotRequired[str]
    message: NotRequired[str]
    zone: NotRequired[str]
    external_id: NotRequired[str]
    source: NotRequired[str]
    medium: NotRequired[str]
    campaign: NotRequired[str]
    term: NotRequired[str]
    content: NotRequired[str]
    referrer: NotRequired[str]
    page: NotRequired[str]
    extra: NotRequired[dict[str, str]]
    fields: NotRequired[dict[str, Any]]
    consents: NotRequired[list[Literal["advertising", "personal_data"]]]
    wants_contact: NotRequired[bool]


class LeadTaken(TypedDict):
    """What the lead came to: `taken` onto a card, `waiting` in the inbox to be sorted, or `spam` of a blocked sender. Only a taken lead has a client; the others have a `lead`, by which events tell how it is sorted."""

    state: Literal["taken", "waiting", "spam"]
    client: str | None
    is_new_client: bool
    lead: str | None


class Leave(TypedDict):
    """Days in a row off work, both ends included."""

    id: str
    kind: Literal["vacation", "sick", "trip", "other"]
    starts_on: str
    ends_on: str


class LeaveGiven(TypedDict):
    """Days in a row off work, both ends included; a year at most."""

    kind: NotRequired[Literal["vacation", "sick", "trip", "other"]]
    starts_on: str
    ends_on: str


class LeaveList(TypedDict):
    """The stretches off that have not ended, in order."""

    items: list["Leave"]


class LetterGiven(TypedDict):
    """A letter to a client; subject and text may name the fields of `/letter-templates/fields`."""

    client: str
    subject: str
    text: str
    traffic: NotRequired[Literal["service", "advertising"]]


class LetterShown(TypedDict):
    """The letter as the client would get it; `address` is empty where he has none, or it is hidden from the reader."""

    address: str
    subject: str
    body: str


class LikelyClient(TypedDict):
    """A client who may have sent the request: why (`signs`), whether surely, and his open deals."""

    client: "Named"
    city: str
    is_vip: bool
    signs: list[str]
    is_sure: bool
    deals: list[str]


class LikelyClientList(TypedDict):
    """The clients who may have sent the request, the surest first."""

    items: list["LikelyClient"]


class LimitedField(TypedDict):
    """A field that roles may hide or make read-only."""

    code: str
    subject: str
    name: str


class LineGiven(TypedDict):
    """So many of a variant, at a cost of one piece; nothing takes the line off."""

    variant: str
    quantity: float | str
    cost: NotRequired[float | str | None]


class LinesGiven(TypedDict):
    """Lines to be written; those that are not named stay as they are."""

    lines: list["LineGiven"]


class ListColumn(TypedDict):
    """A column of the file from the first on: its heading, and what it is taken for (empty: it is not needed)."""

    heading: str
    meaning: Literal[
        "",
        "code",
        "name",
        "maker_code",
        "barcode",
        "price",
        "retail",
        "currency",
        "quantity",
        "unit",
        "pack",
        "vat",
        "category",
        "brand",
    ]


class ListLine(TypedDict):
    """A line of a supplier's list. `pieces` of ours are in one of his; `price` is of one of his."""

    id: str
    name: str
    code: str
    maker_code: str
    barcode: str
    price: str | None
    currency: str
    state: Literal["new", "asked", "bound", "refused"]
    variant: str | None
    pieces: int
    offers: list["DoubtOffer"]


class ListSupplier(TypedDict):
    """A supplier: how many lines his last list has, how many of them wait for an answer; his last loading."""

    id: str
    name: str
    lines: int
    asked: int
    last: str | None


class ListSupplierList(TypedDict):
    """All suppliers, those in use first."""

    items: list["ListSupplier"]


class LooseTasks(TypedDict):
    """Open tasks with no time ahead, the most pressing first: at most two hundred of `total`."""

    items: list["PlannedTask"]
    total: int


class Loss(TypedDict):
    """How many deals were lost in a stage for a reason; an empty one is the archive."""

    stage: str
    reason: str
    now: int
    before: int


class LostGiven(TypedDict):
    """Somebody wanted what was not there."""

    variant: str
    quantity: float | str
    cause: NotRequired[Literal["short", "off_sale", "late", "dear"]]
    place: NotRequired[str | None]
    client: NotRequired[str | None]


class LostGoods(TypedDict):
    """What was wanted in vain of a variant in a place for a cause. `sum` by the price of now."""

    variant: "Named"
    code: str
    place: "Named | None"
    cause: Literal["short", "off_sale", "late", "dear"]
    quantity: str
    times: int
    last_at: str
    sum: str | None


class LostList(TypedDict):
    """Lost sales of a period, the greatest sums first."""

    items: list["LostGoods"]


class Lying(TypedDict):
    """What lies in one place, and how much of it is promised."""

    place: str
    on_hand: str
    reserved: str


class MadePaper(TypedDict):
    """A paper that was made: a purchase order or a transfer."""

    id: str
    kind: Literal["purchase", "transfer"]
    number: int
    expected_on: str | None


class Mailbox(TypedDict):
    """A shared mailbox from which a letter may begin a thread."""

    id: str
    name: str
    address: str


class MailboxList(TypedDict):
    """The mailboxes that are on and whose talks you see."""

    items: list["Mailbox"]


class ManagerRow(TypedDict):
    """The work of an employee, of the common pool (no employee), or of all; `overdue` is of this moment."""

    employee: "Named | None"
    now: "WorkFigures"
    before: "WorkFigures"
    overdue: int


class ManagersReport(TypedDict):
    """The work of those who did something or are late, the most money first; presses are of all pipelines."""

    period: "Days"
    against: "Days"
    currency: str
    manager: "Named | None"
    source: str
    pipeline: "Named | None"
    items: list["ManagerRow"]
    total: "ManagerRow"
    hours: list["HourAnswers"]


class Mate(TypedDict):
    """The day of a colleague, or one's own: what is done and planned today by his clock."""

    employee: "Named"
    zone: str
    done: int
    planned: int
    overload: "Overload | None"


class MateTasks(TypedDict):
    """Tasks of a colleague's day that may be taken over: nothing promised, the soonest first; at most fifty."""

    items: list["PlannedTask"]


class Mates(TypedDict):
    """Oneself and the colleagues whose load one may see, oneself first; at most twelve."""

    items: list["Mate"]


class Me(TypedDict):
    """Who acts: the company, the employee in whose name, the scopes of the key (null for a session), the rights."""

    company: "Company"
    employee: "Named | None"
    scopes: list[str] | None
    rights: dict[str, Literal["own", "team", "all"]]


class MeaningsGiven(TypedDict):
    """What the columns mean, from the first on; a name and a price are needed, each meaning stands once."""

    columns: list[
        Literal[
            "",
            "code",
            "name",
            "maker_code",
            "barcode",
            "price",
            "retail",
            "currency",
            "quantity",
            "unit",
            "pack",
            "vat",
            "category",
            "brand",
        ]
    ]


class Merge(TypedDict):
    """Cards joined into `client`. `merged` are the ids that the joined cards had: they lead to the client now."""

    id: str
    client: "Client"
    merged: list[str]
    at: str
    by: "Named | None"
    undone_at: str | None
    undone_by: "Named | None"


class MergeGiven(TypedDict):
    """Cards to be joined: `survivor` stays, `others` become a part of it. `choices` names, by field, the card whose value stays (`both` for two comments); the rest is chosen by the rules. With `versions` it is refused where a card was changed since you read it."""

    survivor: str
    others: list[str]
    choices: NotRequired[dict[str, str]]
    versions: NotRequired[dict[str, int]]


class Message(TypedDict):
    """A message to a client. `why` says in a sentence what became of it; what the reader may not see is empty."""

    id: str
    client: str
    channel: str
    traffic: Literal["service", "advertising"]
    state: Literal[
        "planned",
        "waiting",
        "held",
        "claimed",
        "handed",
        "accepted",
        "delivered",
        "failed",
        "unknown",
        "refused",
        "cancelled",
    ]
    code: str
    why: str
    address: str
    subject: str
    text: str
    cause: str
    author: "Named | None"
    made_at: str
    due_at: str
    handed_at: str | None
    ended_at: str | None


class MessageList(TypedDict):
    """A page of the messages to a client, newest first."""

    items: list["Message"]
    next: str | None


class MessageStep(TypedDict):
    """What happened to a message at one moment."""

    state: Literal[
        "planned",
        "waiting",
        "held",
        "claimed",
        "handed",
        "accepted",
        "delivered",
        "failed",
        "unknown",
        "refused",
        "cancelled",
    ]
    code: str
    words: str
    at: str


class MessageWithSteps(TypedDict):
    """A message with what happened to it, and how its letter was opened and followed, oldest first. Of hundreds that a scanner makes the first two hundred are told. Links that no person sees are left out."""

    id: str
    client: str
    channel: str
    traffic: Literal["service", "advertising"]
    state: Literal[
        "planned",
        "waiting",
        "held",
        "claimed",
        "handed",
        "accepted",
        "delivered",
        "failed",
        "unknown",
        "refused",
        "cancelled",
    ]
    code: str
    why: str
    address: str
    subject: str
    text: str
    cause: str
    author: "Named | None"
    made_at: str
    due_at: str
    handed_at: str | None
    ended_at: str | None
    steps: list["MessageStep"]
    touches: list["Touch"]


class Module(TypedDict):
    """Something that the whole company may switch off."""

    code: str
    name: str
    is_on: bool


class Move(TypedDict):
    """A line of the ledger: goods went from a place to another; places outside of the company have a kind for id."""

    at: str
    paper: str
    paper_id: str | None
    quantity: str
    source: str
    target: str
    lot: str
    value: str | None


class MoveList(TypedDict):
    """A page of moves, the newest first."""

    items: list["Move"]
    next: NotRequired[str | None]


class Moved(TypedDict):
    """The task at its new time; `undo` is the word that puts it back, for ten minutes."""

    task: "PlannedTask"
    was_at: str
    undo: str


class Named(TypedDict):
    """A record by its id and name."""

    id: str
    name: str


class NearArticle(TypedDict):
    """An answer near the question, and how sure it is."""

    id: str
    question: str
    sureness: float


class NewArticle(TypedDict):
    """An answer to be written. `unanswered`: the question without an answer that it settles."""

    question: str
    further_questions: NotRequired[list[str]]
    answer: str
    unanswered: NotRequired[str | None]


class NewAssignment(TypedDict):
    """A task to be set. What its kind requires has to be there; `answers` are to the questions of the kind."""

    title: str
    due_at: str
    employee: NotRequired[str]
    why: NotRequired[str]
    client: NotRequired[str | None]
    deal: NotRequired[str | None]
    kind: NotRequired[str | None]
    answers: NotRequired[dict[str, str]]
    checks: NotRequired[list[str]]
    is_high: NotRequired[bool]
    parent: NotRequired[str | None]


class NewClient(TypedDict):
    """A client to be made. With `if_duplicate` refuse, a card that is surely there already is a conflict."""

    kind: NotRequired[Literal["person", "organisation"]]
    name: NotRequired[str]
    last_name: NotRequired[str]
    first_name: NotRequired[str]
    middle_name: NotRequired[str]
    gender: NotRequired[Literal["", "m", "f"]]
    birthday: NotRequired[str | None]
    contacts: NotRequired[list["ContactGiven"]]
    city: NotRequired[str]
    address: NotRequired[str]
    address_label: NotRequired[str]
    postcode: NotRequired[str]
    position: NotRequired[str]
    zone: NotRequired[str]
    call_opens_minute: NotRequired[int | None]
    call_closes_minute: NotRequired[int | None]
    is_vip: NotRequired[bool]
    comment: NotRequired[str]
    inn: NotRequired[str]
    kpp: NotRequired[str]
    ogrn: NotRequired[str]
    bik: NotRequired[str]
    account: NotRequired[str]
    fields: NotRequired[dict[str, Any]]
    responsible: NotRequired[str | None]
    external_id: NotRequired[str]
    source: NotRequired[str]
    if_duplicate: NotRequired[Literal["report", "refuse"]]


class NewDeal(TypedDict):
    """A deal to be opened. Without a pipeline it is that of new requests; `first_call` says when it begins."""

    client: str
    pipeline: NotRequired[str | None]
    title: NotRequired[str]
    sum: NotRequired[float | str | None]
    responsible: NotRequired[str]
    first_call: NotRequired[Literal["now", "morning"]]
    fields: NotRequired[dict[str, Any]]


class NewEmployee(TypedDict):
    """A person to be invited. He chooses his own password by the link; nobody else ever does."""

    email: str
    first_name: str
    last_name: NotRequired[str]
    role: str
    team: NotRequired[str | None]
    zone: NotRequired[str | None]


class NewField(TypedDict):
    """A field of clients or of deals to be added; its code is made of its name."""

    subject: NotRequired[Literal["client", "deal"]]
    name: str
    kind: Literal["text", "number", "money", "date", "choice", "choices", "person", "link", "file", "yes_no"]
    options: NotRequired[list[str]]


class NewKind(TypedDict):
    """A kind of tasks, what one of it cannot be set (`result`: ended) without, and questions of its own."""

    name: str
    requires: NotRequired[list[Literal["why", "about", "checklist", "file", "result"]]]
    asks: NotRequired[list[str]]


class NewPipeline(TypedDict):
    """A pipeline to be made; it begins with one stage that has the usual buttons of a call."""

    name: str
    answer_minutes: NotRequired[int | None]
    members: NotRequired[list[str] | None]


class NewProduct(TypedDict):
    """A product to be made; without variants it gets one."""

    name: str
    kind: NotRequired[Literal["goods", "service", "kit"]]
    unit: NotRequired[str]
    vat: NotRequired[str]
    is_weighed: NotRequired[bool]
    marking: NotRequired[str]
    category: NotRequired[str | None]
    brand: NotRequired[str]
    description: NotRequired[str]
    attributes: NotRequired[dict[str, str]]
    is_on_sale: NotRequired[bool]
    variants: NotRequired[list["VariantGiven"]]


class NewReason(TypedDict):
    """A reason to be added."""

    name: str


class NewReminder(TypedDict):
    """What to be reminded of, and when."""

    text: str
    at: str


class NewRole(TypedDict):
    """A role that may what the role of the code `like` may; a program may make none of its own wider."""

    name: str
    like: str


class NewSavedList(TypedDict):
    """A list to be kept under a name. To share it with all takes a right of its own."""

    subject: Literal["client", "deal"]
    name: str
    query: str
    is_shared: NotRequired[bool]


class NewShareRule(TypedDict):
    """A rule to be put at the end, or at a place. `way`: owner (who has had the client before), turn, load (the fewest tasks today) or pool (nobody). `hours`: any (whoever is not away today), now (at work this minute) or next (else who comes first). No `employees`: all of the pipeline. What is left out holds for all."""

    name: NotRequired[str]
    way: Literal["owner", "turn", "load", "pool"]
    hours: NotRequired[Literal["any", "now", "next"]]
    employees: NotRequired[list[str]]
    channels: NotRequired[list[Literal["form", "api", "import", "hand"]]]
    asked: NotRequired[dict[str, str]]
    sum_from: NotRequired[float | str | None]
    sum_to: NotRequired[float | str | None]
    place: NotRequired[int | None]


class NewStage(TypedDict):
    """A stage to be put at the end, or at a place; it begins with the usual buttons of a call."""

    name: str
    probability: NotRequired[int | None]
    norm_days: NotRequired[int | None]
    required_fields: NotRequired[list[str] | None]
    place: NotRequired[int | None]


class NewTeam(TypedDict):
    """A team to be made."""

    name: str


class NewTemplate(TypedDict):
    """A template to be made, of a text or of blocks; the fields it may name: `/letter-templates/fields`."""

    name: str
    subject: NotRequired[str]
    body: NotRequired[str]
    blocks: NotRequired[list[dict[str, str]] | None]


class NewTime(TypedDict):
    """When the task is to be done. `agreed`: the client himself wants it then, outside his calling hours."""

    at: str
    agreed: NotRequired[bool]


class NewWalk(TypedDict):
    """A list to be called through: the address of a list of clients or deals; `is_shared`: colleagues may join."""

    subject: Literal["client", "deal"]
    query: str
    name: str
    is_shared: NotRequired[bool]


class NewWebhook(TypedDict):
    """An address and the events that it is to be told of."""

    url: str
    events: list[str]
    about: NotRequired[str]


class Note(TypedDict):
    """What an employee, or a program in his name, wrote down about a client."""

    id: int
    text: str
    author: "Named | None"
    at: str


class NoteGiven(TypedDict):
    """A note."""

    text: str


class NoteList(TypedDict):
    """A page of notes, newest first."""

    items: list["Note"]
    next: str | None


class NoteText(TypedDict):
    """A note for colleagues."""

    text: str


class Notice(TypedDict):
    """Something that concerns the key's maker. `path` is the page that it is about, empty where there is none."""

    id: str
    kind: str
    text: str
    more: str
    path: str
    by: "Named | None"
    at: str
    read_at: str | None


class NoticeList(TypedDict):
    """A page of notices, newest first; `unread` counts no further than a hundred."""

    items: list["Notice"]
    next: str | None
    unread: int


class Odd(TypedDict):
    """What was read and is on no line: a code of no goods, or goods that were put aside."""

    code: str
    variant: str | None
    quantity: str
    is_aside: bool


class Option(TypedDict):
    """A value that a setting may have here, and its words."""

    value: str
    words: str


class Options(TypedDict):
    """What is done with doubtful rows: see `POST /imports/{id}/columns`."""

    duplicates: NotRequired[Literal["fill", "overwrite", "skip", "new"]]
    source: NotRequired[str]
    consents: NotRequired[list[Literal["personal_data", "advertising"]]]
    consent_source: NotRequired[str]
    bad_phone: NotRequired[Literal["without", "reject"] | None]
    bad_email: NotRequired[Literal["without", "reject"] | None]
    bad_messenger: NotRequired[Literal["without", "reject"] | None]
    bad_inn: NotRequired[Literal["without", "reject"] | None]
    bad_requisite: NotRequired[Literal["without", "reject"] | None]
    bad_date: NotRequired[Literal["without", "reject"] | None]
    bad_sum: NotRequired[Literal["without", "reject"] | None]
    bad_name: NotRequired[Literal["without", "reject"] | None]
    bad_field: NotRequired[Literal["without", "reject"] | None]
    too_long: NotRequired[Literal["without", "reject"] | None]


class Order(TypedDict):
    """An order. `total` is goods less discount and with delivery; `paid` is what has come for it. `owed` is what it is to be paid in all: without what came back, of a cancelled one what had left before."""

    id: str
    number: int
    status: str
    phase: str
    channel: str
    outer_number: str
    client: "Named | None"
    goods: str
    discount: str
    delivery_cost: str
    total: str
    tax: str
    paid: str
    owed: str
    currency: str
    promised_at: str | None
    delivery_from: str | None
    delivery_to: str | None
    city: str
    address: str
    comment: str
    late_cause: str
    cancel_cause: str
    made_at: str
    version: int
    lines: list["OrderLine"]


class OrderChanges(TypedDict):
    """What is to be changed of an order; what is not sent stays. `version` is the order's as you read it. `lines` are all lines that the order is to have: one of its lines that is left out is taken out. With another way of delivery and no cost, it costs what the way asks. An empty `promo` takes the code away. With `backorder` what is short waits for goods."""

    version: int
    lines: NotRequired[list["OrderLineChanged"] | None]
    delivery: NotRequired[str | None]
    payment: NotRequired[str | None]
    delivery_cost: NotRequired[float | str | None]
    promo: NotRequired[str | None]
    city: NotRequired[str | None]
    address: NotRequired[str | None]
    recipient_name: NotRequired[str | None]
    recipient_phone: NotRequired[str | None]
    comment: NotRequired[str | None]
    backorder: NotRequired[bool]


class OrderGiven(TypedDict):
    """What to order. The same `operation` sent again makes nothing else."""

    picks: list["PickGiven"]
    operation: NotRequired[str | None]


class OrderLine(TypedDict):
    """A line with the figures of its moment; `line` is its number for ever."""

    line: int
    variant: str | None
    name: str
    quantity: str
    price: str
    discount: str
    tax: str
    total: str
    shipped: str
    returned: str


class OrderLineChanged(TypedDict):
    """A line as it is to be. `line` names one of the order: what is not sent of it stays; without, it is a new line. Where the quantity of a line changes and no discount is sent, its discount changes in proportion."""

    line: NotRequired[int | None]
    variant: NotRequired[str | None]
    name: NotRequired[str]
    quantity: NotRequired[float | str | None]
    price: NotRequired[float | str | None]
    discount: NotRequired[float | str | None]


class OrderLineGiven(TypedDict):
    """A line: goods by the id of their variant, or words. Without a price goods cost what the client pays for them."""

    variant: NotRequired[str | None]
    name: NotRequired[str]
    quantity: NotRequired[float | str]
    price: NotRequired[float | str | None]
    discount: NotRequired[float | str | None]


class OrderList(TypedDict):
    """A page of orders, the newest first; their lines are told one by one."""

    items: list["Order"]
    next: str | None


class OrderStatus(TypedDict):
    """A status of orders. `phase` is what it means to the program; `next` what may follow, empty for any."""

    code: str
    name: str
    phase: Literal["new", "work", "ready", "shipping", "done", "cancelled"]
    norm_minutes: int | None
    requires: list[str]
    next: list[str]
    is_on: bool


class OrderStatusList(TypedDict):
    """Statuses in their order."""

    items: list["OrderStatus"]


class Ordered(TypedDict):
    """Papers made, and how many of the picks ask for nothing any more."""

    papers: list["MadePaper"]
    skipped: int


class OutcomeGiven(TypedDict):
    """A way that a press may end; the first of a button is that of a plain press."""

    key: NotRequired[str]
    label: str
    result: NotRequired[
        Literal["no_answer", "call_back", "thinking", "meeting", "paid", "refused", "wrong_number", "talk", "step"]
    ]
    steps: NotRequired[list[dict[str, Any]]]


class OutcomeOut(TypedDict):
    """A way that a press may end."""

    key: str
    label: str
    result: str
    asks: list["Ask"]
    why_not: str


class OutcomeSetup(TypedDict):
    """A way that a press may end, and its steps."""

    key: str
    label: str
    result: Literal[
        "no_answer", "call_back", "thinking", "meeting", "paid", "refused", "wrong_number", "talk", "step"
    ]
    steps: list[dict[str, Any]]


class Overload(TypedDict):
    """Hours with more tasks than they hold well: `from_hour` up to `to_hour`, `over` too many."""

    from_hour: int
    to_hour: int
    over: int


class Paper(TypedDict):
    """A paper whole."""

    id: str
    kind: Literal["purchase", "receipt", "transfer", "write_off", "back", "count"]
    number: int
    state: Literal["draft", "open", "sent", "done", "cancelled"]
    version: int
    source: str | None
    target: str | None
    supplier: str | None
    partner_number: str
    expected_on: str | None
    made_at: str
    done_at: str | None
    basis: str | None
    comment: str
    lines: list["PaperLine"]
    odd: list["Odd"]


class PaperGiven(TypedDict):
    """A new paper. `basis` is the purchase order that a receipt takes over what has not come of."""

    kind: Literal["purchase", "receipt", "transfer", "write_off", "back", "count"]
    source: NotRequired[str | None]
    target: NotRequired[str | None]
    supplier: NotRequired[str | None]
    basis: NotRequired[str | None]
    partner_number: NotRequired[str]
    comment: NotRequired[str]
    expected_on: NotRequired[str | None]
    lines: NotRequired[list["LineGiven"]]


class PaperLine(TypedDict):
    """A line of a paper. `wanted` of a count is what the books said at the moment of its last reading."""

    variant: str
    code: str
    name: str
    lot: str
    wanted: str | None
    done: str
    damaged: str
    difference: str
    cost: str | None


class PaperList(TypedDict):
    """A page of papers, the newest first."""

    items: list["PaperShort"]
    next: NotRequired[str | None]


class PaperShort(TypedDict):
    """A paper in a list. `version` goes into `finish`."""

    id: str
    kind: Literal["purchase", "receipt", "transfer", "write_off", "back", "count"]
    number: int
    state: Literal["draft", "open", "sent", "done", "cancelled"]
    version: int
    source: str | None
    target: str | None
    supplier: str | None
    partner_number: str
    expected_on: str | None
    made_at: str
    done_at: str | None


class Part(TypedDict):
    """A part of a kit: the variant and how many of it."""

    variant: str
    quantity: float | str


class PartsGiven(TypedDict):
    """All that one piece of a kit is made of."""

    parts: list["Part"]


class Payment(TypedDict):
    """Money that came: `given` lies on invoices, `left` is not decided on or an advance."""

    id: str
    day: str
    sum: str
    given: str
    left: str
    method: str
    number: str


class PaymentGiven(TypedDict):
    """Money that came; `document` is the invoice it is for, which takes as much as it waits for."""

    day: NotRequired[str | None]
    sum: float | str
    method: NotRequired[Literal["bank", "cash", "card", "online", "other"]]
    number: NotRequired[str]
    document: NotRequired[str | None]
    purpose: NotRequired[str]


class PaymentList(TypedDict):
    """A page of payments, those entered last first."""

    items: list["Payment"]
    next: str | None


class PersonGiven(TypedDict):
    """A person who speaks for an organisation."""

    person: str
    position: NotRequired[str]


class PickGiven(TypedDict):
    """A proposal that is taken, with another quantity if one is wanted."""

    buffer: str
    quantity: NotRequired[float | str | None]


class PipelineChanges(TypedDict):
    """Only what is sent is changed; `members` is the whole list of employees."""

    name: NotRequired[str | None]
    answer_minutes: NotRequired[int | None]
    is_active: NotRequired[bool | None]
    place: NotRequired[int | None]
    members: NotRequired[list[str] | None]


class PipelineList(TypedDict):
    """The pipelines in their order."""

    items: list["PipelineOut"]


class PipelineOut(TypedDict):
    """A way that deals of one sort go."""

    id: str
    code: str
    name: str
    is_active: bool
    stages: list["StageOut"]


class PipelineSetup(TypedDict):
    """A pipeline with all its settings: its people are those of its common pool."""

    id: str
    code: str
    name: str
    place: int
    is_active: bool
    answer_minutes: int
    members: list["Named"]
    stages: list["StageSetup"]


class Place(TypedDict):
    """Somewhere goods lie. Goods are promised from the lowest `priority` first."""

    id: str
    name: str
    kind: Literal["warehouse", "shop", "virtual", "transit"]
    city: str
    address: str
    zone: str
    is_selling: bool
    is_on: bool
    priority: int


class PlaceGiven(TypedDict):
    """A place as it is wanted, whole."""

    name: str
    kind: NotRequired[Literal["warehouse", "shop", "virtual"]]
    city: NotRequired[str]
    address: NotRequired[str]
    zone: NotRequired[str]
    is_selling: NotRequired[bool]
    is_on: NotRequired[bool]
    priority: NotRequired[int]


class PlaceList(TypedDict):
    """The company's places, those asked first before the others."""

    items: list["Place"]


class Planned(TypedDict):
    """How many kinds of goods were put on a count."""

    added: int


class PlannedTask(TypedDict):
    """A task with its time: `is_promised` to the client. `name` is the client's, or its own title where it has none."""

    id: str
    kind: str
    title: str
    name: str
    zone: str
    at: str
    band: Literal["promised", "fresh", "due", "backlog"]
    is_promised: bool
    is_open: bool


class PlannerDay(TypedDict):
    """A day of an employee: `holds` is how many tasks its hours hold well, 0 on a day off."""

    employee: "Named"
    zone: str
    on: str
    is_off: bool
    holds: int
    hours: list["PlannerHour"]


class PlannerHour(TypedDict):
    """An hour of the day by the employee's clock; `starts_at` is null where the clock skips it. `is_free`: working time still ahead, with room for one more task."""

    hour: int
    starts_at: str | None
    work: Literal["working", "lunch", "off"]
    done: int
    tasks: list["PlannedTask"]
    is_free: bool


class Press(TypedDict):
    """A press in the history of a deal."""

    id: int
    button: str
    outcome: str
    result: str
    label: str
    employee: "Named | None"
    at: str
    comment: str
    undone_at: str | None


class PressGiven(TypedDict):
    """A press. With `step` it is refused where somebody has worked on the deal since you read it."""

    button: str
    outcome: NotRequired[str | None]
    answers: NotRequired[dict[str, str]]
    step: NotRequired[str | None]


class PressList(TypedDict):
    """A page of presses, newest first."""

    items: list["Press"]
    next: str | None


class Pressed(TypedDict):
    """A press that was made; until `undo_until` its presser may take it back."""

    id: int
    label: str
    effects: list["EffectOut"]
    undo_until: str
    deal: "Deal"


class PreviewGiven(TypedDict):
    """A text to be looked at on a client; nothing is kept or sent."""

    client: str
    subject: NotRequired[str]
    body: str


class Price(TypedDict):
    """A price of the past, the present or the future."""

    kind: str
    amount: str
    since: str
    until: str | None
    source: str


class PriceDone(TypedDict):
    """What became of a price: changed, same (it is this already), or held by the guard, whose id is `held`."""

    state: Literal["changed", "same", "held"]
    held: str | None
    reasons: list[str]


class PriceGiven(TypedDict):
    """A price from `since` (now) until `until` (further notice). `confirmed` passes the guard, for who may release."""

    kind: NotRequired[str]
    amount: float | str
    since: NotRequired[str | None]
    until: NotRequired[str | None]
    confirmed: NotRequired[bool]


class PriceKind(TypedDict):
    """A kind of price, its rounding and its guard."""

    code: str
    name: str
    currency: str
    is_default: bool
    is_on: bool
    step: str
    ending: str | None
    guard_percent: str | None
    margin_percent: str | None


class PriceKindList(TypedDict):
    """The kinds of prices, the default one first."""

    items: list["PriceKind"]


class PriceList(TypedDict):
    """The prices of a variant by kind, the newest first."""

    items: list["Price"]


class PriceLoading(TypedDict):
    """A loading of a supplier's list. `asked` waits for the meaning of the columns; `failed` tells why in `error`. `counts` are by what goods were found (code, memory, barcode, maker, name), lines in doubt (asked), gone from the list, prices changed and held by the guard."""

    id: str
    supplier: str
    name: str
    state: Literal["asked", "waiting", "running", "done", "failed", "undone"]
    rows: int
    bad_rows: int
    counts: dict[str, int]
    columns: list["ListColumn"]
    error: str
    made_at: str
    finished_at: str | None


class PriceLoadingList(TypedDict):
    """The latest fifty loadings of a supplier, the newest first."""

    items: list["PriceLoading"]


class Problem(TypedDict):
    """A refusal (RFC 9457). `code` is stable, `detail` and `fields` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: NotRequired[dict[str, str]]


class Product(TypedDict):
    """A product with its variants. `version` goes into a change."""

    id: str
    version: int
    name: str
    kind: Literal["goods", "service", "kit"]
    unit: str
    vat: str
    is_weighed: bool
    marking: str
    category: str | None
    brand: str
    description: str
    attributes: dict[str, str]
    is_on_sale: bool
    variants: list["Variant"]


class ProductChanges(TypedDict):
    """Only what is sent is changed; a variant that is sent is sent whole, others stay."""

    version: NotRequired[int | None]
    name: NotRequired[str | None]
    kind: NotRequired[Literal["goods", "service", "kit"] | None]
    unit: NotRequired[str | None]
    vat: NotRequired[str | None]
    is_weighed: NotRequired[bool | None]
    marking: NotRequired[str | None]
    category: NotRequired[str | None]
    brand: NotRequired[str | None]
    description: NotRequired[str | None]
    attributes: NotRequired[dict[str, str] | None]
    is_on_sale: NotRequired[bool | None]
    variants: NotRequired[list["VariantGiven"]]


class PromiseGiven(TypedDict):
    """Another moment that an order is promised for; a later one names its cause."""

    at: str
    cause: NotRequired[str]


class Promo(TypedDict):
    """A promo: `code` is null for a batch; `used` counts the sales that stand, `taken_off` what they got."""

    id: str
    name: str
    kind: Literal["shared", "batch"]
    state: Literal["on", "waits", "over", "off"]
    code: str | None
    percent: str | None
    sum: str | None
    cap: str | None
    minimum: str
    uses: int | None
    uses_by_client: int | None
    since: str | None
    until: str | None
    with_personal_prices: bool
    codes: int
    used: int
    taken_off: str


class PromoGiven(TypedDict):
    """A promo. `kind` shared has one `code` for all, batch gets its codes afterwards; without goods it is for all."""

    name: str
    kind: NotRequired[Literal["shared", "batch"]]
    code: NotRequired[str]
    percent: NotRequired[float | str | None]
    sum: NotRequired[float | str | None]
    cap: NotRequired[float | str | None]
    minimum: NotRequired[float | str]
    uses: NotRequired[int | None]
    uses_by_client: NotRequired[int | None]
    since: NotRequired[str | None]
    until: NotRequired[str | None]
    with_personal_prices: NotRequired[bool]
    categories: NotRequired[list[str]]
    variants: NotRequired[list[str]]
    client: NotRequired[str | None]
    note: NotRequired[str]


class PromoList(TypedDict):
    """A page of promos, the newest first."""

    items: list["Promo"]
    next: str | None


class PromoSwitch(TypedDict):
    """Whether a promo holds."""

    is_on: bool


class Proposal(TypedDict):
    """An answer that waits for approval; with `article` the question is a further way to ask that one."""

    id: str
    question: str
    answer: str
    article: "Named | None"
    state: Literal["waiting", "approved", "refused"]
    at: str


class ProposalGiven(TypedDict):
    """An answer to be proposed; `article` in place of `answer` proposes a further way to ask it."""

    question: str
    answer: NotRequired[str]
    article: NotRequired[str | None]


class ProposalList(TypedDict):
    """Everything that is proposed now, the emptiest buffers first."""

    items: list["ProposalTold"]


class ProposalTold(TypedDict):
    """What a buffer asks for, and why. `cost` of one piece in roubles: null where unknown or not to be seen."""

    buffer: str
    variant: "Named"
    place: "Named"
    quantity: str
    shares: list["Share"]
    cost: str | None
    reason: str


class Question(TypedDict):
    """A row that may be of a client who is there already: the row, and his card as far as one may see it."""

    row: "QuestionRow"
    client: "Client | None"


class QuestionList(TypedDict):
    """A page of the rows that wait for an answer, in the order of the file."""

    items: list["Question"]
    next: str | None


class QuestionRow(TypedDict):
    """What a row says of a client, by the names of a card; only what it holds."""

    number: int
    values: dict[str, Any]
    contacts: list["Contact"]


class Quote(TypedDict):
    """What a code takes off, line by line; else `reason` (a stable code) and why in words. Nothing is used up."""

    is_good: bool
    reason: str
    words: str
    discount: str
    discounts: list[str]


class QuoteGiven(TypedDict):
    """A code and the sale it is for."""

    code: str
    client: NotRequired[str | None]
    lines: list["QuoteLine"]


class QuoteLine(TypedDict):
    """A line of a sale: what it costs before the code."""

    variant: NotRequired[str | None]
    sum: float | str


class ReadDone(TypedDict):
    """How many notices were unread till now."""

    count: int


class ReadGiven(TypedDict):
    """Which notices were read; all of them where none is named."""

    notices: NotRequired[list[str] | None]


class ReadingDone(TypedDict):
    """What became of a reading: counted, aside, repeated (it was there already), unknown (no goods of that code)."""

    operation: str
    state: str
    variant: str | None


class ReadingGiven(TypedDict):
    """One reading: a `code` as scanned, or a `variant`. `is_total`: so many there are, whatever was read before."""

    operation: str
    quantity: float | str
    code: NotRequired[str]
    variant: NotRequired[str | None]
    lot: NotRequired[str]
    is_damaged: NotRequired[bool]
    is_total: NotRequired[bool]
    is_aside: NotRequired[bool]
    seconds_ago: NotRequired[int]


class ReadingsDone(TypedDict):
    """What became of each reading."""

    items: list["ReadingDone"]


class ReadingsGiven(TypedDict):
    """Readings in the order they were made."""

    readings: list["ReadingGiven"]


class Reason(TypedDict):
    """Why deals are lost, in the company's own words."""

    code: str
    name: str


class ReasonChanges(TypedDict):
    """Only what is sent is changed."""

    name: NotRequired[str | None]
    is_active: NotRequired[bool | None]


class ReasonSetup(TypedDict):
    """A reason for which deals are lost. One put away cannot be chosen; deals lost for it keep it."""

    code: str
    name: str
    is_active: bool


class ReasonSetupList(TypedDict):
    """The reasons in their order."""

    items: list["ReasonSetup"]


class ReceiveGiven(TypedDict):
    """Where a return is taken in: any place of the company."""

    place: str
    delivery: NotRequired[float | str | None]


class Recipient(TypedDict):
    """A client's message of a campaign. `client` is null where it is not within your reach."""

    message: str
    client: str | None
    variant: int
    state: Literal[
        "planned",
        "waiting",
        "held",
        "claimed",
        "handed",
        "accepted",
        "delivered",
        "failed",
        "unknown",
        "refused",
        "cancelled",
    ]
    code: str
    why: str
    due_at: str
    handed_at: str | None
    ended_at: str | None


class RecipientList(TypedDict):
    """A page of the recipients, in the order in which they were written down."""

    items: list["Recipient"]
    next: str | None


class Referral(TypedDict):
    """A friend brought by a client, on the terms of that day. Who was erased, or is out of reach, is null. `reasons` are codes of why it is or was held: `same_client`, `phone`, `email`, `address`, `payment`, `device`, `unproven`, `employee`, `old_client`. `bought` is what the friend paid for goods that he kept."""

    id: str
    referrer: str | None
    friend: str | None
    way: Literal["site", "form", "person"]
    state: Literal["active", "held", "refused"]
    reasons: list[str]
    percent: str
    cap: str | None
    came_at: str
    made_at: str
    judged_at: str | None
    gift_code: str | None
    orders: int
    bought: str
    earned: str


class ReferralAccount(TypedDict):
    """A client as one who brings friends. `code` and `url` are null until his link is made. `owed` is what is to be paid out now: less than nothing where orders came back that had been paid for. `held` waits for a person to judge."""

    client: str
    code: str | None
    url: str | None
    friends: int
    earned: str
    held: str
    paid: str
    owed: str


class ReferralDue(TypedDict):
    """A client to whom something is to be paid out."""

    client: str | None
    friends: int
    earned: str
    held: str
    paid: str
    owed: str


class ReferralDueList(TypedDict):
    """A page of clients to be paid."""

    items: list["ReferralDue"]
    next: str | None


class ReferralGiven(TypedDict):
    """Who was brought, and the code of the client who brought him."""

    friend: str
    code: str


class ReferralJudged(TypedDict):
    """What a person says of a referral; `undo` takes his word back."""

    verdict: Literal["accept", "refuse", "undo"]


class ReferralList(TypedDict):
    """A page of referrals, the newest first."""

    items: list["Referral"]
    next: str | None


class ReferralPayout(TypedDict):
    """What was paid out: by a promo `code` of the client's own, or by hand, as `note` says."""

    client: str | None
    sum: str
    way: Literal["code", "note"]
    code: str | None
    note: str
    at: str


class ReferralPayoutGiven(TypedDict):
    """Who is to be paid, and the `sum` owed that was seen: where it is another one by now, nothing is paid."""

    client: str
    sum: float | str
    note: NotRequired[str]


class ReferralPayoutList(TypedDict):
    """A page of what was paid out, the newest first."""

    items: list["ReferralPayout"]
    next: str | None


class ReferralTerms(TypedDict):
    """The terms of the programme."""

    is_on: bool
    percent: str
    days: int
    cap: str | None
    earned_by: Literal["delivered", "paid", "both"]
    gift: str | None
    gift_days: int
    page: str
    touch_days: int
    pays: Literal["code", "note"]
    code_days: int
    version: int


class ReferralTermsGiven(TypedDict):
    """The terms, all of them anew, for friends who come from now on. With `version` only if nobody changed them since. `gift` is a batch of promo codes; links lead to `page`. `cap` is the most that one friend brings."""

    is_on: bool
    percent: NotRequired[float | str]
    days: NotRequired[int]
    cap: NotRequired[float | str | None]
    earned_by: NotRequired[Literal["delivered", "paid", "both"]]
    gift: NotRequired[str | None]
    gift_days: NotRequired[int]
    page: NotRequired[str]
    touch_days: NotRequired[int]
    pays: NotRequired[Literal["code", "note"]]
    code_days: NotRequired[int]
    version: NotRequired[int | None]


class RejectGiven(TypedDict):
    """Why a return is not taken; `withdrawn`: the client keeps the goods."""

    cause: NotRequired[str]
    withdrawn: NotRequired[bool]


class RelatedGiven(TypedDict):
    """The products that go with one, in their order."""

    kind: Literal["related", "accessory"]
    products: list[str]


class Remark(TypedDict):
    """What somebody wrote in the discussion of a task."""

    id: int
    text: str
    author: "Named | None"
    at: str


class RemarkGiven(TypedDict):
    """Words for the discussion: those who take part are told."""

    text: str


class Reminder(TypedDict):
    """Something the key's maker is told at `at`, and again until he settles it. `moment` is the time it was made for: of a promised call, a deadline. `name` is the client's, or the task's own title. `text` holds own words, a remark, a result. `employee`: whose tasks are late, `tasks_late` how many; `waited_minutes`: how long a client or a request has waited for an answer. `snoozed` counts its snoozes."""

    id: str
    kind: Literal["promise", "deadline", "assigned", "remark", "result", "late", "answer", "own"]
    at: str
    moment: str | None
    is_missed: bool
    snoozed: int
    task: "ReminderTask | None"
    name: str
    text: str
    employee: "Named | None"
    tasks_late: int | None
    waited_minutes: int | None


class ReminderList(TypedDict):
    """A page of reminders, the oldest first."""

    items: list["Reminder"]
    next: str | None


class ReminderTask(TypedDict):
    """The task that a reminder is about; one of the kind `hand` was set by a person and is read by `/assignments`."""

    id: str
    kind: str
    title: str


class ReplayGiven(TypedDict):
    """Which messages are sent once more: those named, or all since a moment that were given up."""

    deliveries: NotRequired[list[str]]
    failed_since: NotRequired[str | None]


class Replayed(TypedDict):
    """How many messages will be sent once more."""

    count: int


class RestoreGiven(TypedDict):
    """Whom to take out of the bin; those not in it are passed over."""

    clients: list[str]


class Restored(TypedDict):
    """Who came out of the bin, with all that went there along."""

    clients: list[str]


class ResultGiven(TypedDict):
    """What came of the task; some kinds demand it."""

    result: NotRequired[str]


class Results(TypedDict):
    """What came of a survey on the days asked for: `stars` count the ratings from one to five, `share` is a percent."""

    asked: int
    opened: int
    answered: int
    bad: int
    share: str | None
    mean: str | None
    stars: list[int]


class ResumeGiven(TypedDict):
    """Of a campaign that asks: its `asks_why`, which says that you have read it. Of a paused one nothing."""

    confirm: NotRequired[
        Literal["", "overdue", "left", "restored", "gone", "broken", "invalid", "conflict", "not_found", "denied"]
    ]


class Return(TypedDict):
    """Goods that a client gives back."""

    id: str
    number: int
    order: str
    kind: Literal["return", "exchange"]
    state: Literal["asked", "received", "refunded", "rejected", "cancelled"]
    reason: str
    fault: Literal["client", "seller"]
    sum: str
    delivery: str
    carried: str
    place: "Named | None"
    lines: list["ReturnLine"]


class ReturnGiven(TypedDict):
    """What a client gives back."""

    lines: list["BackGiven"]
    reason: NotRequired[str]
    kind: NotRequired[Literal["return", "exchange"]]
    fault: NotRequired[Literal["client", "seller"]]
    delivery: NotRequired[float | str | None]


class ReturnLine(TypedDict):
    """What comes back of a line and what the client gets for it."""

    line: int
    name: str
    quantity: str
    sum: str
    condition: Literal["sale", "damaged"]


class ReturnList(TypedDict):
    """Returns, the newest first."""

    items: list["Return"]


class RevGiven(TypedDict):
    """The draft that is meant."""

    rev: str


class Right(TypedDict):
    """Something that roles may allow. `by_program`: a program may give and take it."""

    code: str
    name: str
    about: str
    reaches: list[Literal["none", "own", "team", "all"]]
    by_program: bool


class RightList(TypedDict):
    """All that roles are made of."""

    rights: list["Right"]
    fields: list["LimitedField"]
    modules: list["Item"]
    unusable: list["Item"]


class Role(TypedDict):
    """A named set of rights. Fields that are not named are open; `modules_off` and `unused` are what it leaves out."""

    code: str
    name: str
    employees: int
    rights: dict[str, Literal["none", "own", "team", "all"]]
    fields: dict[str, Literal["hidden", "read", "edit"]]
    modules_off: list[str]
    unused: list[str]


class RoleChanges(TypedDict):
    """Only what is sent is changed: rights and fields one by one, `modules_off` and `unused` as whole lists."""

    name: NotRequired[str | None]
    rights: NotRequired[dict[str, Literal["none", "own", "team", "all"]]]
    fields: NotRequired[dict[str, Literal["hidden", "read", "edit"]]]
    modules_off: NotRequired[list[str] | None]
    unused: NotRequired[list[str] | None]


class RoleEnd(TypedDict):
    """The role that the people of a deleted one get."""

    successor: str


class RoleEnded(TypedDict):
    """How many people got another role."""

    employees: int


class RoleList(TypedDict):
    """The roles, those of every company first."""

    items: list["Role"]


class Said(TypedDict):
    """What was answered to one question."""

    question: str
    answer: str | list[str]


class SavedCondition(TypedDict):
    """A part of the address: `f.` and the code of a filter, `q` the text, `sort` the order, and what it asks for."""

    name: str
    value: str


class SavedList(TypedDict):
    """A list as somebody named it, for himself or for all. `query` is its address, `conditions` it taken apart."""

    id: str
    subject: Literal["client", "deal"]
    name: str
    owner: "Named"
    is_mine: bool
    is_shared: bool
    query: str
    conditions: list["SavedCondition"]
    made_at: str


class SavedListChanges(TypedDict):
    """Only what is sent is changed."""

    name: NotRequired[str | None]
    query: NotRequired[str | None]
    is_shared: NotRequired[bool | None]


class SavedLists(TypedDict):
    """One's own lists in their order, then those that colleagues share."""

    items: list["SavedList"]


class Scan(TypedDict):
    """What a reading did: `trouble` is empty, unknown, not_here or too_many; `left` pieces are to be read still."""

    trouble: Literal["", "unknown", "not_here", "too_many"]
    name: str
    picked: str
    quantity: str
    left: str


class ScanGiven(TypedDict):
    """One reading of a scanner."""

    code: str
    quantity: NotRequired[float | str]


class Scenario(TypedDict):
    """A scenario of the bot; figures of thirty days. Dropped are those who fell silent."""

    id: str
    name: str
    is_on: bool
    inside: int
    started_lately: int
    finished_lately: int
    handed_over_lately: int
    dropped_lately: int


class ScenarioList(TypedDict):
    """A page of scenarios, the newest first."""

    items: list["Scenario"]
    next: str | None


class SettleGiven(TypedDict):
    """Held prices to be released or refused."""

    prices: list[str]
    act: Literal["release", "refuse"]


class Settled(TypedDict):
    """How many prices were settled."""

    settled: int


class Share(TypedDict):
    """So many from a supplier, or from another place."""

    supplier: "Named | None"
    source: "Named | None"
    quantity: str


class ShareRule(TypedDict):
    """A rule: when it holds, how it chooses and among whom. The first that finds somebody decides."""

    id: str
    pipeline: "Named"
    place: int
    name: str
    way: Literal["owner", "turn", "load", "pool"]
    hours: Literal["any", "now", "next"]
    employees: list["Named"]
    channels: list[Literal["form", "api", "import", "hand"]]
    asked: dict[str, str]
    sum_from: str | None
    sum_to: str | None
    when: str
    does: str


class ShareRuleChanges(TypedDict):
    """Only what is sent is changed; `sum_from` and `sum_to` null take the bound away."""

    name: NotRequired[str | None]
    way: NotRequired[Literal["owner", "turn", "load", "pool"] | None]
    hours: NotRequired[Literal["any", "now", "next"] | None]
    employees: NotRequired[list[str] | None]
    channels: NotRequired[list[Literal["form", "api", "import", "hand"]] | None]
    asked: NotRequired[dict[str, str] | None]
    sum_from: NotRequired[float | str | None]
    sum_to: NotRequired[float | str | None]
    place: NotRequired[int | None]


class ShareRuleList(TypedDict):
    """The rules of a pipeline in their order."""

    items: list["ShareRule"]


class ShareTried(TypedDict):
    """Whom a deal of the client would go to now, and why; null: into the common pool."""

    employee: "Named | None"
    rule: str | None
    why: str
    skipped: str


class ShareTry(TypedDict):
    """A client, the way he came and a sum, to try the rules out on."""

    client: str
    channel: NotRequired[Literal["form", "api", "import", "hand"]]
    sum: NotRequired[float | str | None]


class SheetGiven(TypedDict):
    """The name of a sheet of the file."""

    sheet: str


class ShipGiven(TypedDict):
    """What is known of a parcel; with `partly` a box that is not full leaves as it is."""

    tracking: NotRequired[str]
    partly: NotRequired[bool]


class Shipment(TypedDict):
    """A parcel of an order."""

    id: str
    number: int
    order: str
    place: "Named | None"
    state: Literal["picking", "packed", "shipped", "delivered", "cancelled"]
    tracking: str
    lines: list["ShipmentLine"]


class ShipmentLine(TypedDict):
    """Goods of a parcel: how many of how many are in it."""

    variant: str
    name: str
    quantity: str
    picked: str


class ShipmentList(TypedDict):
    """Parcels."""

    items: list["Shipment"]


class Site(TypedDict):
    """A site with the script. Visits are taken from pages of `origins` only."""

    id: str
    name: str
    origins: list[str]
    is_on: bool
    keep_days: int


class SiteList(TypedDict):
    """Sites by name."""

    items: list["Site"]


class SiteWidget(TypedDict):
    """A widget of a site: of what kind it is, what it says and by which rules it is shown, as its page keeps it. `test` is the newest test of its variants: by `get_test` one reads who was shown what and the money it brought. `variants` are those of that test, and drafts for one to come."""

    id: str
    kind: str
    name: str
    is_on: bool
    content: dict[str, Any]
    rules: dict[str, Any]
    numbers: "WidgetNumbers"
    test: str | None
    variants: list["WidgetVariant"]


class Snooze(TypedDict):
    """For how long: ten minutes, an hour, or until the morning of the next working day."""

    by: Literal["10m", "1h", "morning"]


class Snoozed(TypedDict):
    """When the reminder comes again."""

    until: str


class SortedRequest(TypedDict):
    """What a request came to. `was_sorted`: somebody was quicker, and nothing was changed now."""

    request: "InboxRequest"
    is_new_deal: bool
    was_sorted: bool


class Span(TypedDict):
    """A stretch of a day, in minutes from midnight."""

    opens_minute: int
    closes_minute: int


class SpanGiven(TypedDict):
    """A stretch of a day."""

    opens_minute: int
    closes_minute: int


class StageButtons(TypedDict):
    """The live buttons of a stage and the draft, null where nobody has begun one. Send `rev` back to change it."""

    stage: "Named"
    rev: str
    live_version: int | None
    live: list["ButtonSetup"]
    draft: list["ButtonSetup"] | None
    saved_at: str | None
    author: str
    problems: list["ButtonProblem"]


class StageChanges(TypedDict):
    """Only what is sent is changed; `norm_days` null takes the norm away."""

    name: NotRequired[str | None]
    probability: NotRequired[int | None]
    norm_days: NotRequired[int | None]
    required_fields: NotRequired[list[str] | None]
    place: NotRequired[int | None]


class StageEnd(TypedDict):
    """The stage of the same pipeline that the deals go to."""

    move_to: NotRequired[str]


class StageEnded(TypedDict):
    """Whether the stage is gone; else its deals are still being moved, and it goes when all have left."""

    is_gone: bool


class StageFigures(TypedDict):
    """Deals closed in a period that came to a stage, went on, or were lost in it; the median of their time there."""

    reached: int
    passed: int
    share: float | None
    lost: int
    lost_sum: str
    seconds: float | None


class StageOut(TypedDict):
    """A stage: how likely a sale is there, in percent, and how many days a deal should stay."""

    id: str
    name: str
    probability: int
    norm_days: int | None


class StageSetup(TypedDict):
    """A stage with all its settings. `norm_days`: how long a deal should stay, null for no norm."""

    id: str
    pipeline: "Named"
    name: str
    place: int
    probability: int
    norm_days: int | None
    required_fields: list[str]
    buttons: int


class StartGiven(TypedDict):
    """The most clients that may be in the list: where there are more now, nothing begins."""

    at_most: int


class Statement(TypedDict):
    """A bank's statement that was loaded: movements in it, those that were new, those that found their invoices. `problems` says in words which places could not be read; they hold up nothing else."""

    id: str
    name: str
    since: str | None
    until: str | None
    moves: int
    added: int
    bound: int
    problems: list[str]


class StatementList(TypedDict):
    """The latest statements, the newest first."""

    items: list["Statement"]


class StatusGiven(TypedDict):
    """The status an order is brought to."""

    status: str
    cause: NotRequired[str]


class Step(TypedDict):
    """The next step of a deal: what, when (`at`), and whether the client was told the time."""

    id: str
    kind: str
    title: str
    at: str
    promised: bool


class StepKind(TypedDict):
    """A kind of step with the JSON Schema of its settings. `ending`: what it does to the next step of the deal. next sets one, close ends the deal, maybe does one or the other; each outcome has exactly one such step."""

    kind: str
    name: str
    ending: Literal["", "next", "close", "maybe"]
    schema: dict[str, Any]
    settings: list["StepSetting"]


class StepKindList(TypedDict):
    """The kinds of steps that buttons of the stage may have, the usual ones first."""

    items: list["StepKind"]


class StepSetting(TypedDict):
    """A setting of a step. `options`: what may be picked at this stage, null where the type says it. `matters_when`: the values of another setting with which it matters at all."""

    name: str
    label: str
    help: str
    words: dict[str, str]
    options: list["Option"] | None
    matters_when: dict[str, list[str]]


class Stock(TypedDict):
    """What there is of a variant. `available` may be sold now; `worth` only for keys that may see costs."""

    variant: str
    code: str
    name: str
    on_hand: str
    reserved: str
    available: str
    expected: str
    worth: str | None
    places: list["Lying"]


class StockList(TypedDict):
    """A page of the stock. `is_cut`: the text finds more than a thousand, the first thousand are looked through."""

    items: list["Stock"]
    next: NotRequired[str | None]
    is_cut: NotRequired[bool]


class Surplus(TypedDict):
    """What came for an order beyond what it costs by now: to be given back, or left to the client; zero once it is."""

    id: str
    order: str | None
    client: "Named | None"
    sum: str
    currency: str
    method: str
    since: str


class SurplusList(TypedDict):
    """A page of what is to be given back, what arose first before the rest."""

    items: list["Surplus"]
    next: str | None


class Survey(TypedDict):
    """A survey. It asks `delay_hours` after an order is delivered or cancelled; who has left is asked at once. One of the moment `site` asks where a widget of a site shows it."""

    id: str
    name: str
    moment: Literal["delivered", "cancelled", "left", "site"]
    is_on: bool
    delay_hours: int
    by_email: bool
    by_sms: bool
    results: "Results"


class SurveyAnswer(TypedDict):
    """An answer. `rating` is null where none is asked, `client` where his data were erased or nobody knows him yet. `source` is where he was asked."""

    id: str
    client: str | None
    order: str | None
    source: Literal["email", "sms", "page", "site"]
    rating: int | None
    is_bad: bool
    answers: list["Said"]
    at: str
    changed_at: str


class SurveyAnswerList(TypedDict):
    """A page of answers, the newest first."""

    items: list["SurveyAnswer"]
    next: str | None


class SurveyList(TypedDict):
    """Surveys, those switched on first."""

    items: list["Survey"]


class SurveySwitch(TypedDict):
    """Whether a survey asks."""

    is_on: bool


class SwitchGiven(TypedDict):
    """Products to be put on sale, or taken off it."""

    products: list[str]
    is_on_sale: bool


class Switched(TypedDict):
    """How many products differ now."""

    changed: int


class Synonyms(TypedDict):
    """Words that mean the same in this company."""

    id: str
    words: list[str]


class SynonymsGiven(TypedDict):
    """A set: single words, at least two."""

    words: list[str]


class SynonymsList(TypedDict):
    """All sets, in the order they were made."""

    items: list["Synonyms"]


class TakeGiven(TypedDict):
    """Whose tasks to take over, and which."""

    employee: str
    tasks: list[str]


class Taken(TypedDict):
    """A list, or everything, that left the company as a file; employee null: by itself. `query`, what the list was asked for, is told to those only from whom nothing is hidden. `address`: where the person stood."""

    id: int
    at: str
    employee: "Named | None"
    what: str
    query: list[str]
    columns: str
    rows: int
    format: str
    address: str


class TakenList(TypedDict):
    """A page of the log of exports, newest first."""

    items: list["Taken"]
    next: str | None


class TakenOver(TypedDict):
    """The tasks that are one's own now, and those that stay: closed or promised meanwhile."""

    taken: list["PlannedTask"]
    left: list["PlannedTask"]


class Talk(TypedDict):
    """A talk with a visitor. `waits_since` is since when he waits, `due_at` by when he is to be answered."""

    id: str
    channel: Literal["chat", "telegram", "email", "sms"]
    subject: str
    state: Literal["open", "snoozed", "closed"]
    name: str
    client: str | None
    owner: "Named | None"
    department: "Named | None"
    tags: list[str]
    with_bot: bool
    last_number: int
    last_at: str
    last_text: str
    waits_since: str | None
    due_at: str | None
    begun_at: str
    rating: int | None


class TalkAttached(TypedDict):
    """A file that came, or goes, with a line by another channel. Where it is not kept (yet) `id` is null, and `why` says why it will not be; else it is handed over as the files of the chat are."""

    id: str | None
    name: str
    size: int
    why: str


class TalkFile(TypedDict):
    """A file of a line; it is handed over by `/talks/{talk}/files/{file_id}`."""

    id: str
    name: str
    size: int


class TalkGoods(TypedDict):
    """Goods that are shown in a talk: `variant` is one that is on sale; a text stands before them, if any."""

    text: NotRequired[str]
    seen: NotRequired[int]
    anyway: NotRequired[bool]
    variant: str


class TalkLine(TypedDict):
    """A line. `by` is visitor, operator, bot, note (colleagues see it only) or event (`code` says what happened)."""

    number: int
    by: Literal["visitor", "operator", "bot", "note", "event"]
    author: "Named | None"
    code: str
    text: str
    file: "TalkFile | None"
    files: list["TalkAttached"]
    at: str


class TalkList(TypedDict):
    """A page of talks: whose time to be answered is over or near come first."""

    items: list["Talk"]
    next: str | None


class TalkText(TypedDict):
    """What is said in a talk. `seen` is the last line that its writer knows: where a colleague has answered since, the answer is refused as `answered`; `anyway` sends it all the same."""

    text: str
    seen: NotRequired[int]
    anyway: NotRequired[bool]


class TalkTo(TypedDict):
    """Whom a talk goes to: an employee who answers in chats, or a department; `why` becomes a note."""

    to: str
    why: NotRequired[str]


class TalkWithLines(TypedDict):
    """A talk with the newest two hundred of the lines beyond `after`, in order."""

    id: str
    channel: Literal["chat", "telegram", "email", "sms"]
    subject: str
    state: Literal["open", "snoozed", "closed"]
    name: str
    client: str | None
    owner: "Named | None"
    department: "Named | None"
    tags: list[str]
    with_bot: bool
    last_number: int
    last_at: str
    last_text: str
    waits_since: str | None
    due_at: str | None
    begun_at: str
    rating: int | None
    lines: list["TalkLine"]


class Task(TypedDict):
    """A task of the queue. `band` is its place: promised times first, the backlog last."""

    id: str
    kind: str
    title: str
    deal: str | None
    client: "Named | None"
    employee: "Named | None"
    band: Literal["promised", "fresh", "due", "backlog"]
    priority: Literal["vip", "high", "usual"]
    ready_at: str
    is_open: bool
    made_at: str
    closed_at: str | None


class TaskFile(TypedDict):
    """A file kept with a task; its bytes come by `/assignments/{task}/files/{file}`."""

    id: str
    name: str
    content_type: str
    size: int
    added_at: str


class TaskList(TypedDict):
    """A page of tasks, newest first."""

    items: list["Task"]
    next: str | None


class TaskRules(TypedDict):
    """After how many hours of being overdue the head hears of a task."""

    overdue_hours: int


class TaskRulesGiven(TypedDict):
    """After how many hours of being overdue the head hears of a task."""

    overdue_hours: int


class Team(TypedDict):
    """A group of employees; its name is unique."""

    name: str


class TeamList(TypedDict):
    """The teams by name."""

    items: list["Team"]


class Template(TypedDict):
    """A template of letters in Liquid; buttons send it by its id. Without a subject its name is the subject. One of kind blocks is made of `blocks`; its `body` is then the plain text part."""

    id: str
    name: str
    subject: str
    kind: Literal["text", "blocks"]
    body: str
    blocks: list[dict[str, str]]


class TemplateChanges(TypedDict):
    """Only what is sent is changed; letters that went stay as they were."""

    name: NotRequired[str | None]
    subject: NotRequired[str | None]
    body: NotRequired[str | None]
    blocks: NotRequired[list[dict[str, str]] | None]


class TemplateList(TypedDict):
    """The templates in use, by name."""

    items: list["Template"]


class Terms(TypedDict):
    """What a client pays from `since` (null: ever since) until `until` (null: further notice). `kind` is null for the default kind of price; the discount in percent comes off it."""

    kind: str | None
    discount_percent: str
    since: str | None
    until: str | None


class TermsGiven(TypedDict):
    """Terms from `since` (now) until `until` (the next planned ones, or further notice). Neither a kind nor a discount leaves that time without personal prices."""

    kind: NotRequired[str]
    discount_percent: NotRequired[float | str]
    since: NotRequired[str | None]
    until: NotRequired[str | None]


class TermsList(TypedDict):
    """What is agreed with a client, the earliest first."""

    items: list["Terms"]


class Test(TypedDict):
    """An A/B test. `code` says how it ended, `winner` is the number of an arm; `sentence` is for people."""

    id: str
    kind: Literal["letter", "flow", "widget"]
    name: str
    metric: Literal["money", "buyers"]
    currency: str
    window_days: int
    state: Literal["draft", "running", "decided", "stopped"]
    code: str
    winner: int | None
    shares_hold: bool
    started_at: str | None
    ended_at: str | None
    days_left: int | None
    sentence: str
    arms: list["Arm"]


class TestGiven(TypedDict):
    """On which client a text is looked at; the letter goes to the address of the key's maker."""

    client: str
    variant: NotRequired[int]


class TestList(TypedDict):
    """A page of tests, the newest first."""

    items: list["Test"]
    next: str | None


class TestTold(TypedDict):
    """Where a test goes."""

    address: str


class TickGiven(TypedDict):
    """Whether the line is done."""

    done: NotRequired[bool]


class Timeline(TypedDict):
    """A page of a client's timeline, newest first."""

    items: list["TimelineEntry"]
    next: str | None


class TimelineEntry(TypedDict):
    """Something that happened with a client, in words; `kind` is the event's name in the log."""

    id: int
    at: str
    kind: str
    text: str
    more: str
    who: "Named | None"


class Touch(TypedDict):
    """An opening of a letter, or a link followed (`link` from 1). `by_person` is null till it is judged, in half a minute; of a machine `reason` says why it is thought to be one."""

    kind: Literal["open", "click"]
    link: int
    at: str
    by_person: bool | None
    reason: str
    words: str


class Touched(TypedDict):
    """How many letters were opened, or followed by a link: by people, by machines, in all."""

    people: int
    machines: int
    total: int


class Trade(TypedDict):
    """What a company may be set up for at once: stages, buttons, reasons, own fields, letters, calling hours."""

    code: str
    name: str
    about: str
    stages: list[str]
    is_chosen: bool


class TradeGiven(TypedDict):
    """What the company sells."""

    trade: str


class TradeList(TypedDict):
    """The trades. `may_change`: one may be chosen still, no deal stands in a pipeline and nothing was changed."""

    items: list["Trade"]
    may_change: bool


class Tried(TypedDict):
    """What the outcome would do now; nothing has been done. What is not answered is taken as people mostly answer."""

    effects: list["TriedEffect"]


class TriedEffect(TypedDict):
    """Something that would happen, or not (`happens`), in words."""

    code: str
    words: str
    at: str | None
    happens: bool


class TryGiven(TypedDict):
    """Which outcome is tried on whom. `misses`: how many of his calls were missed before."""

    client: str
    button: str
    outcome: NotRequired[str | None]
    which: NotRequired[Literal["live", "draft"]]
    misses: NotRequired[int]
    answers: NotRequired[dict[str, str]]


class Turn(TypedDict):
    """The client whose turn it is, held for 90 seconds; all empty when nobody is due, or the maker has a day off."""

    deal: "Deal | None"
    band: Literal["promised", "fresh", "due", "backlog"] | None
    waiting_since: str | None
    is_day_off: bool


class Unanswered(TypedDict):
    """A question that nothing surely answers, without numbers and addresses; how often and when it was asked."""

    id: str
    question: str
    times: int
    first_at: str
    last_at: str
    state: Literal["open", "answered", "aside"]
    nearest: "NearArticle | None"


class UnansweredList(TypedDict):
    """Open questions, the most asked first."""

    items: list["Unanswered"]


class UndoGiven(TypedDict):
    """`agreed` takes the rest back although something has left the company already."""

    agreed: NotRequired[bool]


class UndoMove(TypedDict):
    """The word that the move was answered with."""

    undo: str


class Undone(TypedDict):
    """A press that was taken back, and what could not be called back."""

    label: str
    stays: list[str]
    deal: "Deal"


class Unreached(TypedDict):
    """One who was not called: he waits for his turn, is in hands, was passed over, or his deal was closed."""

    position: int
    state: Literal["waiting", "taken", "skipped", "closed"]
    client: "Named"
    deal: str | None
    employee: "Named | None"


class Unsettled(TypedDict):
    """A line of a count that could not be settled, and why."""

    variant: str
    why: str


class Variant(TypedDict):
    """A variant of a product. Grams and millimetres of one piece with its packing."""

    id: str
    code: str
    name: str
    options: dict[str, str]
    maker_code: str
    scale_code: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    barcodes: list[str]
    is_on_sale: bool
    prices: list["VariantPrice"]


class VariantGiven(TypedDict):
    """A variant as it is wanted; without `id` a new one. An empty code is given by the system."""

    id: NotRequired[str | None]
    code: NotRequired[str]
    name: NotRequired[str]
    options: NotRequired[dict[str, str]]
    maker_code: NotRequired[str]
    scale_code: NotRequired[str]
    weight_g: NotRequired[int | None]
    length_mm: NotRequired[int | None]
    width_mm: NotRequired[int | None]
    height_mm: NotRequired[int | None]
    barcodes: NotRequired[list[str]]
    is_on_sale: NotRequired[bool]


class VariantPrice(TypedDict):
    """What a variant costs now by one kind of price."""

    kind: str
    amount: str
    since: str


class Version(TypedDict):
    """A version of the buttons that is or was live."""

    version: int
    is_live: bool
    live_since: str | None
    saved_at: str
    author: str
    buttons: list["ButtonSetup"]


class VersionList(TypedDict):
    """The versions of a stage's buttons, newest first; a hundred at most."""

    items: list["Version"]


class Visit(TypedDict):
    """A visit of a site. `is_proven` says that the shop's server has signed who the visitor is. What pages told is text of the pages: show it as text. `basket` is empty where nothing lies there."""

    visitor: str
    site: str
    client: str | None
    is_proven: bool
    number: int
    begun_at: str
    last_at: str
    pages: int
    source: str
    referrer: str
    page: str
    product: str
    basket: list["InBasket"]
    basket_sum: str | None
    bought_at: str | None
    basket_left_at: str | None


class VisitList(TypedDict):
    """A page of visits, the last heard of first."""

    items: list["Visit"]
    next: str | None


class VoidGiven(TypedDict):
    """Why a paper holds no more."""

    reason: NotRequired[str]


class WaitingDeal(TypedDict):
    """A new deal that nobody has answered: since when it counts, by when it should have been, what was done about it. `step`: none yet, the head was told, or it was given to another."""

    deal: str
    client: "Named"
    pipeline: "Named"
    responsible: "Named | None"
    norm_minutes: int
    starts_at: str
    due_at: str
    is_late: bool
    step: Literal["none", "told", "given"]


class WaitingList(TypedDict):
    """A page of deals that wait, the one due first at the top."""

    items: list["WaitingDeal"]
    next: str | None


class Walk(TypedDict):
    """Somebody on his way through an automation. `why` is the code of the cause for which he is out."""

    id: str
    automation: str
    state: Literal["running", "failed", "done", "left", "stopped"]
    why: str
    subject: str
    name: str
    node: str
    entered_at: str
    due_at: str | None
    ended_at: str | None
    error: str
    log: NotRequired[list["WalkLine"]]


class WalkDetail(TypedDict):
    """A list with what came of it so far, and the first hundred who were not reached."""

    id: str
    name: str
    subject: Literal["client", "deal"]
    query: str
    author: "Named | None"
    is_mine: bool
    is_shared: bool
    total: int
    done: int
    left: int
    started_at: str
    ended_at: str | None
    outcomes: list["WalkOutcome"]
    unreached: list["Unreached"]


class WalkGiven(TypedDict):
    """Whom to bring in: the public id of a record of the automation's kind, such as a client."""

    subject: str


class WalkLine(TypedDict):
    """A line of the log: what happened, at which node, what its steps did, in words."""

    at: str
    node: str
    what: str
    way: str
    effects: list[str]


class WalkList(TypedDict):
    """A page of walks, the newest first; those of records that the key does not reach are left out."""

    items: list["Walk"]
    next: str | None


class WalkOpen(TypedDict):
    """In which pipeline to open a deal for the client in hand."""

    pipeline: str


class WalkOutcome(TypedDict):
    """What came of some of the clients: the button and outcome pressed, how many, and what was won with them."""

    label: str
    result: str
    count: int
    won: list["WonSum"]


class WalkStep(TypedDict):
    """Who was given, and held for 90 seconds: a client with the deal to press a button of. A client without an open deal has none: open one by `position`, or skip him. All empty when nobody may be called now."""

    walk: "Walk"
    position: int | None
    client: "Named | None"
    deal: "Deal | None"


class Webhook(TypedDict):
    """An address that is told of events. `failing`, `gone`, `broken` are of the system, `paused` of people."""

    id: str
    url: str
    about: str
    events: list[str]
    state: Literal["active", "paused", "failing", "gone", "broken"]
    failing_since: str | None
    made_at: str


class WebhookChanges(TypedDict):
    """Only what is sent is changed. `state` pauses or resumes; with `catch_up` also what happened meanwhile is sent."""

    url: NotRequired[str | None]
    events: NotRequired[list[str] | None]
    about: NotRequired[str | None]
    state: NotRequired[Literal["active", "paused"] | None]
    catch_up: NotRequired[bool]


class WebhookList(TypedDict):
    """The webhooks, newest first."""

    items: list["Webhook"]


class WebhookWithSecret(TypedDict):
    """A webhook with the secret of its signatures: told when it is made and when it is renewed, never again."""

    id: str
    url: str
    about: str
    events: list[str]
    state: Literal["active", "paused", "failing", "gone", "broken"]
    failing_since: str | None
    made_at: str
    secret: str


class Week(TypedDict):
    """Seven days from Monday, null for a day off. `is_own`: an employee's own week, not the company's."""

    week: list["Span | None"]
    lunch: "Span | None"
    is_own: bool


class WeekGiven(TypedDict):
    """Seven days from Monday, null for a day off, and the lunch of every day."""

    week: list["SpanGiven | None"]
    lunch: NotRequired["SpanGiven | None"]


class Weight(TypedDict):
    """How much a field counts, from 0 to 100, and the question that gets it; `usual` is asked where there is none."""

    code: str
    weight: int
    question: str
    usual: str


class WeightChanges(TypedDict):
    """Weights and questions by the code of the field."""

    fields: dict[str, "WeightGiven"]


class WeightGiven(TypedDict):
    """Only what is sent is changed; an empty question is the usual one."""

    weight: NotRequired[int | None]
    question: NotRequired[str | None]


class WeightList(TypedDict):
    """All fields that make a card complete."""

    items: list["Weight"]


class WidgetList(TypedDict):
    """Widgets of a site, those that are on first."""

    items: list["SiteWidget"]


class WidgetNumbers(TypedDict):
    """What came of a widget in thirty days. `bought` are visitors who bought within a week of it, `money` for how much. `given` is what its codes took off. `not_shown` says how often it was not shown, by reason."""

    shown: int
    closed: int
    acted: int
    bought: int
    money: str
    given: str
    not_shown: dict[str, int]


class WidgetVariant(TypedDict):
    """A variant of a widget: what it says, how often it was shown, acted in and closed. Number 1 is the widget's own. `is_draft` tells that it is not tested yet."""

    number: int
    name: str
    is_draft: bool
    content: dict[str, Any]
    shown: int
    acted: int
    closed: int


class Won(TypedDict):
    """Deals won in a period: how many, for how much, and the median of their whole way."""

    count: int
    sum: str
    seconds: float | None


class WonSum(TypedDict):
    """What was won, in one currency."""

    currency: str
    sum: str


class WorkFigures(TypedDict):
    """What was done in a period: `results` are presses by outcome, `answer` the median seconds to the first answer."""

    presses: int
    calls: int
    talks: int
    results: dict[str, int]
    opened: int
    won: int
    lost: int
    archived: int
    repeats: int
    conversion: float | None
    sum: str
    answered: int
    answer: float | None


class Workplace(TypedDict):
    """A person who speaks for an organisation, or an organisation that a person speaks for."""

    client: "Named"
    position: str


class Voronka(Transport):
    """Every operation of the API as a method."""

    def get_me(self) -> Me:
        """Show who acts, and what he may do."""
        return cast("Me", self.call("GET", "/api/v1/me"))

    def list_clients(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> ClientList:
        """List clients, by the filters and orders of the screen."""
        return cast(
            "ClientList",
            self.call(
                "GET",
                "/api/v1/clients",
                query={
                    "q": q,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def create_client(self, sent: "NewClient", *, token: str | None = None) -> ClientMade:
        """Add a client; cards that may be the same one are reported."""
        return cast("ClientMade", self.call("POST", "/api/v1/clients", sent=sent, token=token))

    def search_clients(self, *, q: str | None = None, limit: int | None = None) -> ClientList:
        """Find clients by part of a name, the end of a phone, an e-mail or an INN."""
        return cast("ClientList", self.call("GET", "/api/v1/clients/search", query={"q": q, "limit": limit}))

    def find_duplicates(self, sent: "ClientFields", *, token: str | None = None) -> Duplicates:
        """Report the cards that may be a client, without adding him."""
        return cast("Duplicates", self.call("POST", "/api/v1/clients/duplicates", sent=sent, token=token))

    def get_client(self, client: str) -> ClientCard:
        """Show a client's card."""
        return cast("ClientCard", self.call("GET", f"/api/v1/clients/{_quoted(client)}"))

    def update_client(
        self, client: str, sent: "ClientChanges", *, token: str | None = None, match: str | None = None
    ) -> ClientCard:
        """Change a client's card as you read it."""
        return cast(
            "ClientCard",
            self.call("PATCH", f"/api/v1/clients/{_quoted(client)}", sent=sent, token=token, match=match),
        )

    def bin_client(self, client: str, *, token: str | None = None) -> None:
        """Put a client into the recycle bin."""
        self.call("DELETE", f"/api/v1/clients/{_quoted(client)}", token=token)

    def add_contact(self, client: str, sent: "ContactGiven", *, token: str | None = None) -> ClientCard:
        """Add a contact to a client, beside those he has."""
        return cast(
            "ClientCard", self.call("POST", f"/api/v1/clients/{_quoted(client)}/contacts", sent=sent, token=token)
        )

    def add_address(self, client: str, sent: "AddressGiven", *, token: str | None = None) -> ClientCard:
        """Add an address to a client, beside those he has."""
        return cast(
            "ClientCard", self.call("POST", f"/api/v1/clients/{_quoted(client)}/addresses", sent=sent, token=token)
        )

    def change_address(
        self, client: str, address: str, sent: "AddressChanges", *, token: str | None = None, match: str | None = None
    ) -> ClientCard:
        """Change an address of a client, or make it the main one."""
        return cast(
            "ClientCard",
            self.call(
                "PATCH",
                f"/api/v1/clients/{_quoted(client)}/addresses/{_quoted(address)}",
                sent=sent,
                token=token,
                match=match,
            ),
        )

    def remove_address(
        self, client: str, address: str, *, token: str | None = None, match: str | None = None
    ) -> None:
        """Take an address of a client away."""
        self.call(
            "DELETE", f"/api/v1/clients/{_quoted(client)}/addresses/{_quoted(address)}", token=token, match=match
        )

    def set_person(self, client: str, sent: "PersonGiven", *, token: str | None = None) -> ClientCard:
        """Say that a person speaks for an organisation."""
        return cast(
            "ClientCard", self.call("PUT", f"/api/v1/clients/{_quoted(client)}/persons", sent=sent, token=token)
        )

    def remove_person(self, client: str, person: str, *, token: str | None = None) -> None:
        """Say that a person no longer speaks for an organisation."""
        self.call("DELETE", f"/api/v1/clients/{_quoted(client)}/persons/{_quoted(person)}", token=token)

    def list_notes(self, client: str, *, limit: int | None = None, cursor: str | None = None) -> NoteList:
        """List the notes on a client."""
        return cast(
            "NoteList",
            self.call("GET", f"/api/v1/clients/{_quoted(client)}/notes", query={"limit": limit, "cursor": cursor}),
        )

    def add_note(self, client: str, sent: "NoteGiven", *, token: str | None = None) -> Note:
        """Write a note on a client."""
        return cast("Note", self.call("POST", f"/api/v1/clients/{_quoted(client)}/notes", sent=sent, token=token))

    def list_consents(self, client: str) -> ConsentList:
        """Show which consents of a client hold now."""
        return cast("ConsentList", self.call("GET", f"/api/v1/clients/{_quoted(client)}/consents"))

    def record_consent(self, client: str, sent: "ConsentGiven", *, token: str | None = None) -> ConsentList:
        """Write down a consent given or withdrawn."""
        return cast(
            "ConsentList", self.call("POST", f"/api/v1/clients/{_quoted(client)}/consents", sent=sent, token=token)
        )

    def read_timeline(
        self, client: str, *, tab: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Timeline:
        """Read what happened with a client."""
        return cast(
            "Timeline",
            self.call(
                "GET",
                f"/api/v1/clients/{_quoted(client)}/timeline",
                query={"tab": tab, "limit": limit, "cursor": cursor},
            ),
        )

    def fill_file(
        self, client: str, code: str, file: tuple[str, bytes], *, token: str | None = None, match: str | None = None
    ) -> ClientCard:
        """Put a file into an own field of a client."""
        return cast(
            "ClientCard",
            self.call(
                "POST",
                f"/api/v1/clients/{_quoted(client)}/fields/{_quoted(code)}/file",
                files=[file],
                token=token,
                match=match,
            ),
        )

    def get_client_attachment(self, client: str, file_id: str) -> bytes:
        """Take a file of a client."""
        return cast("bytes", self.call("GET", f"/api/v1/clients/{_quoted(client)}/files/{_quoted(file_id)}"))

    def read_history(self, client: str, *, limit: int | None = None, cursor: str | None = None) -> CardHistory:
        """Show who changed what on a client's card, and when."""
        return cast(
            "CardHistory",
            self.call("GET", f"/api/v1/clients/{_quoted(client)}/history", query={"limit": limit, "cursor": cursor}),
        )

    def choose_clients(self, sent: "BulkStart", *, token: str | None = None) -> BulkChange:
        """Choose clients to be changed at once; nothing is changed yet."""
        return cast("BulkChange", self.call("POST", "/api/v1/bulk-changes", sent=sent, token=token))

    def get_change(self, change: str) -> BulkChange:
        """Show how far a change of many clients has come."""
        return cast("BulkChange", self.call("GET", f"/api/v1/bulk-changes/{_quoted(change)}"))

    def preview_change(self, change: str, sent: "BulkAction", *, token: str | None = None) -> BulkPreview:
        """Show what an action would do to the chosen clients."""
        return cast(
            "BulkPreview",
            self.call("POST", f"/api/v1/bulk-changes/{_quoted(change)}/preview", sent=sent, token=token),
        )

    def start_change(self, change: str, sent: "BulkAction", *, token: str | None = None) -> BulkChange:
        """Change the chosen clients in the background."""
        return cast(
            "BulkChange", self.call("POST", f"/api/v1/bulk-changes/{_quoted(change)}/start", sent=sent, token=token)
        )

    def stop_change(self, change: str, *, token: str | None = None) -> BulkChange:
        """Stop a change of many clients where it is."""
        return cast("BulkChange", self.call("POST", f"/api/v1/bulk-changes/{_quoted(change)}/stop", token=token))

    def undo_change(self, change: str, *, token: str | None = None) -> BulkChange:
        """Take a change of many clients back."""
        return cast("BulkChange", self.call("POST", f"/api/v1/bulk-changes/{_quoted(change)}/undo", token=token))

    def list_binned(self, *, limit: int | None = None, cursor: str | None = None) -> Bin:
        """List what lies in the recycle bin: who put it there, and when."""
        return cast("Bin", self.call("GET", "/api/v1/bin", query={"limit": limit, "cursor": cursor}))

    def restore_clients(self, sent: "RestoreGiven", *, token: str | None = None) -> Restored:
        """Take clients out of the recycle bin, with all that went there along."""
        return cast("Restored", self.call("POST", "/api/v1/bin/restore", sent=sent, token=token))

    def list_doubles(self, *, limit: int | None = None, cursor: str | None = None) -> DoubleList:
        """List pairs of cards that may be of one client, the likeliest first."""
        return cast("DoubleList", self.call("GET", "/api/v1/doubles", query={"limit": limit, "cursor": cursor}))

    def mark_different(self, sent: "DifferentGiven", *, token: str | None = None) -> None:
        """Remember that two cards are of different people."""
        self.call("POST", "/api/v1/doubles/different", sent=sent, token=token)

    def merge_clients(self, sent: "MergeGiven", *, token: str | None = None) -> Merge:
        """Join two to ten cards of one client: everything stays, on one card."""
        return cast("Merge", self.call("POST", "/api/v1/merges", sent=sent, token=token))

    def get_merge(self, merge: str) -> Merge:
        """Show how cards were joined."""
        return cast("Merge", self.call("GET", f"/api/v1/merges/{_quoted(merge)}"))

    def undo_merge(self, merge: str, *, token: str | None = None) -> Merge:
        """Part joined cards again: each is what it was."""
        return cast("Merge", self.call("POST", f"/api/v1/merges/{_quoted(merge)}/undo", token=token))

    def bring_lead(self, sent: "Lead", *, token: str | None = None) -> LeadTaken:
        """Bring a lead in: a card is found or made and a deal follows, or it waits to be sorted."""
        return cast("LeadTaken", self.call("POST", "/api/v1/leads", sent=sent, token=token))

    def list_leads(
        self,
        *,
        state: Literal["waiting", "accepted", "attached", "spam"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> InboxRequestList:
        """List the requests of the inbox: those that wait, or how they were sorted."""
        return cast(
            "InboxRequestList",
            self.call("GET", "/api/v1/leads", query={"state": state, "limit": limit, "cursor": cursor}),
        )

    def get_lead(self, lead: str) -> InboxRequest:
        """Show a request of the inbox, with all that came."""
        return cast("InboxRequest", self.call("GET", f"/api/v1/leads/{_quoted(lead)}"))

    def list_likely(self, lead: str) -> LikelyClientList:
        """List the clients who may have sent a request."""
        return cast("LikelyClientList", self.call("GET", f"/api/v1/leads/{_quoted(lead)}/likely"))

    def accept_lead(self, lead: str, *, token: str | None = None) -> SortedRequest:
        """Accept a request: a card by its contacts, a deal by the rules."""
        return cast("SortedRequest", self.call("POST", f"/api/v1/leads/{_quoted(lead)}/accept", token=token))

    def attach_lead(self, lead: str, sent: "AttachGiven", *, token: str | None = None) -> SortedRequest:
        """Give a request to a client, whatever its contacts say."""
        return cast(
            "SortedRequest", self.call("POST", f"/api/v1/leads/{_quoted(lead)}/attach", sent=sent, token=token)
        )

    def reject_lead(self, lead: str, sent: "RejectGiven", *, token: str | None = None) -> InboxRequest:
        """Reject a request as spam, its sender blocked if wanted."""
        return cast(
            "InboxRequest", self.call("POST", f"/api/v1/leads/{_quoted(lead)}/reject", sent=sent, token=token)
        )

    def put_back_lead(self, lead: str, *, token: str | None = None) -> InboxRequest:
        """Let a sorted request wait again; the deal it opened is archived."""
        return cast("InboxRequest", self.call("POST", f"/api/v1/leads/{_quoted(lead)}/put-back", token=token))

    def list_fields(self, *, subject: Literal["client", "deal"] | None = None) -> CustomFieldList:
        """List the company's own fields."""
        return cast("CustomFieldList", self.call("GET", "/api/v1/fields", query={"subject": subject}))

    def add_field(self, sent: "NewField", *, token: str | None = None) -> CustomFieldOut:
        """Add a field of the company's own."""
        return cast("CustomFieldOut", self.call("POST", "/api/v1/fields", sent=sent, token=token))

    def change_field(self, field: str, sent: "FieldChanges", *, token: str | None = None) -> CustomFieldOut:
        """Rename a field, change its choices or place, put it away or take it back."""
        return cast("CustomFieldOut", self.call("PATCH", f"/api/v1/fields/{_quoted(field)}", sent=sent, token=token))

    def list_completeness(self) -> WeightList:
        """List what makes a card complete: weights and questions of fields."""
        return cast("WeightList", self.call("GET", "/api/v1/completeness"))

    def change_completeness(self, sent: "WeightChanges", *, token: str | None = None) -> WeightList:
        """Change weights and questions of fields."""
        return cast("WeightList", self.call("PATCH", "/api/v1/completeness", sent=sent, token=token))

    def list_facets(self, subject: str) -> FacetList:
        """List what a list can be filtered and ordered by."""
        return cast("FacetList", self.call("GET", f"/api/v1/facets/{_quoted(subject)}"))

    def list_deals(
        self,
        *,
        q: str | None = None,
        pipeline: str | None = None,
        stage: str | None = None,
        state: Literal["open", "won", "lost", "archived", "all"] | None = None,
        responsible: str | None = None,
        tag: str | None = None,
        client: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> DealList:
        """List deals, by the filters of the screen."""
        return cast(
            "DealList",
            self.call(
                "GET",
                "/api/v1/deals",
                query={
                    "q": q,
                    "pipeline": pipeline,
                    "stage": stage,
                    "state": state,
                    "responsible": responsible,
                    "tag": tag,
                    "client": client,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def open_deal(self, sent: "NewDeal", *, token: str | None = None) -> Deal:
        """Open a deal."""
        return cast("Deal", self.call("POST", "/api/v1/deals", sent=sent, token=token))

    def get_deal(self, deal: str) -> Deal:
        """Show a deal."""
        return cast("Deal", self.call("GET", f"/api/v1/deals/{_quoted(deal)}"))

    def change_deal(self, deal: str, sent: "DealChanges", *, token: str | None = None) -> Deal:
        """Change own fields of an open deal."""
        return cast("Deal", self.call("PATCH", f"/api/v1/deals/{_quoted(deal)}", sent=sent, token=token))

    def list_deal_goods(self, deal: str) -> GoodsLines:
        """Show the goods of a deal."""
        return cast("GoodsLines", self.call("GET", f"/api/v1/deals/{_quoted(deal)}/goods"))

    def set_deal_goods(self, deal: str, sent: "GoodsGiven", *, token: str | None = None) -> GoodsLines:
        """Put the goods of an open deal whole: their sum becomes the sum of the deal."""
        return cast("GoodsLines", self.call("PUT", f"/api/v1/deals/{_quoted(deal)}/goods", sent=sent, token=token))

    def list_buttons(self, deal: str) -> ButtonList:
        """Show the buttons that may be pressed now, and what each asks."""
        return cast("ButtonList", self.call("GET", f"/api/v1/deals/{_quoted(deal)}/buttons"))

    def press_button(self, deal: str, sent: "PressGiven", *, token: str | None = None) -> Pressed:
        """Press a button of a deal: all its steps happen, or none."""
        return cast("Pressed", self.call("POST", f"/api/v1/deals/{_quoted(deal)}/press", sent=sent, token=token))

    def list_presses(self, deal: str, *, limit: int | None = None, cursor: str | None = None) -> PressList:
        """List the presses of a deal."""
        return cast(
            "PressList",
            self.call("GET", f"/api/v1/deals/{_quoted(deal)}/presses", query={"limit": limit, "cursor": cursor}),
        )

    def hold_deal(self, deal: str, *, token: str | None = None) -> Held:
        """Hold the client of a deal for 90 seconds, or for 90 more."""
        return cast("Held", self.call("POST", f"/api/v1/deals/{_quoted(deal)}/hold", token=token))

    def release_deal(self, deal: str, *, token: str | None = None) -> None:
        """Let the client of a deal go."""
        self.call("DELETE", f"/api/v1/deals/{_quoted(deal)}/hold", token=token)

    def fill_deal_file(self, deal: str, code: str, file: tuple[str, bytes], *, token: str | None = None) -> Deal:
        """Put a file into an own field of a deal."""
        return cast(
            "Deal",
            self.call(
                "POST", f"/api/v1/deals/{_quoted(deal)}/fields/{_quoted(code)}/file", files=[file], token=token
            ),
        )

    def get_deal_attachment(self, deal: str, file_id: str) -> bytes:
        """Take a file of a deal."""
        return cast("bytes", self.call("GET", f"/api/v1/deals/{_quoted(deal)}/files/{_quoted(file_id)}"))

    def list_documents(
        self,
        *,
        state: Literal["", "draft", "issued", "void"] | None = None,
        kind: str | None = None,
        client: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> DocumentList:
        """List documents."""
        return cast(
            "DocumentList",
            self.call(
                "GET",
                "/api/v1/documents",
                query={
                    "state": state,
                    "kind": kind,
                    "client": client,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def issue_document(self, sent: "DocumentGiven", *, token: str | None = None) -> Document:
        """Issue a document."""
        return cast("Document", self.call("POST", "/api/v1/documents", sent=sent, token=token))

    def get_document(self, document: str) -> Document:
        """Get a document."""
        return cast("Document", self.call("GET", f"/api/v1/documents/{_quoted(document)}"))

    def void_document(self, document: str, sent: "VoidGiven", *, token: str | None = None) -> Document:
        """Void a document."""
        return cast(
            "Document", self.call("POST", f"/api/v1/documents/{_quoted(document)}/void", sent=sent, token=token)
        )

    def pay_from_credit(self, document: str, *, token: str | None = None) -> Document:
        """Pay an invoice with its client's own money."""
        return cast(
            "Document", self.call("POST", f"/api/v1/documents/{_quoted(document)}/pay-from-credit", token=token)
        )

    def add_payment(self, sent: "PaymentGiven", *, token: str | None = None) -> Payment:
        """Enter a payment."""
        return cast("Payment", self.call("POST", "/api/v1/payments", sent=sent, token=token))

    def list_payments(
        self,
        *,
        state: Literal["", "open"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> PaymentList:
        """List payments."""
        return cast(
            "PaymentList",
            self.call(
                "GET",
                "/api/v1/payments",
                query={
                    "state": state,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def list_debts(self) -> DebtList:
        """List debts by age."""
        return cast("DebtList", self.call("GET", "/api/v1/debts"))

    def list_surpluses(self, *, limit: int | None = None, cursor: str | None = None) -> SurplusList:
        """List what is to be given back to clients."""
        return cast("SurplusList", self.call("GET", "/api/v1/surpluses", query={"limit": limit, "cursor": cursor}))

    def give_surplus_back(self, surplus: str, sent: "BackGiven", *, token: str | None = None) -> Surplus:
        """Give a client back what he has paid too much."""
        return cast(
            "Surplus", self.call("POST", f"/api/v1/surpluses/{_quoted(surplus)}/give-back", sent=sent, token=token)
        )

    def keep_surplus(self, surplus: str, *, token: str | None = None) -> Surplus:
        """Leave a client what he has paid too much."""
        return cast("Surplus", self.call("POST", f"/api/v1/surpluses/{_quoted(surplus)}/keep", token=token))

    def list_statements(self) -> StatementList:
        """List the latest statements of the bank."""
        return cast("StatementList", self.call("GET", "/api/v1/statements"))

    def load_statement(
        self, file: tuple[str, bytes], *, account: str | None = None, token: str | None = None
    ) -> Statement:
        """Load a statement of the bank."""
        return cast(
            "Statement",
            self.call("POST", "/api/v1/statements", files=[file], query={"account": account}, token=token),
        )

    def get_statement(self, statement: str) -> Statement:
        """Get a statement of the bank."""
        return cast("Statement", self.call("GET", f"/api/v1/statements/{_quoted(statement)}"))

    def undo_press(self, press: int, sent: "UndoGiven", *, token: str | None = None) -> Undone:
        """Take a press back."""
        return cast("Undone", self.call("POST", f"/api/v1/presses/{_quoted(press)}/undo", sent=sent, token=token))

    def list_waiting(self, *, limit: int | None = None, cursor: str | None = None) -> WaitingList:
        """List the new deals that wait for their first answer."""
        return cast("WaitingList", self.call("GET", "/api/v1/waiting", query={"limit": limit, "cursor": cursor}))

    def list_pipelines(self) -> PipelineList:
        """List the pipelines with their stages."""
        return cast("PipelineList", self.call("GET", "/api/v1/pipelines"))

    def add_pipeline(self, sent: "NewPipeline", *, token: str | None = None) -> PipelineSetup:
        """Make a pipeline."""
        return cast("PipelineSetup", self.call("POST", "/api/v1/pipelines", sent=sent, token=token))

    def get_pipeline(self, pipeline: str) -> PipelineSetup:
        """Show a pipeline with all its settings."""
        return cast("PipelineSetup", self.call("GET", f"/api/v1/pipelines/{_quoted(pipeline)}"))

    def change_pipeline(self, pipeline: str, sent: "PipelineChanges", *, token: str | None = None) -> PipelineSetup:
        """Change a pipeline: its name, place, people, time to answer, whether it is in use."""
        return cast(
            "PipelineSetup", self.call("PATCH", f"/api/v1/pipelines/{_quoted(pipeline)}", sent=sent, token=token)
        )

    def add_stage(self, pipeline: str, sent: "NewStage", *, token: str | None = None) -> StageSetup:
        """Add a stage to a pipeline."""
        return cast(
            "StageSetup", self.call("POST", f"/api/v1/pipelines/{_quoted(pipeline)}/stages", sent=sent, token=token)
        )

    def list_share_rules(self, pipeline: str) -> ShareRuleList:
        """List the rules of whom the new deals of a pipeline go to."""
        return cast("ShareRuleList", self.call("GET", f"/api/v1/pipelines/{_quoted(pipeline)}/sharing"))

    def add_share_rule(self, pipeline: str, sent: "NewShareRule", *, token: str | None = None) -> ShareRule:
        """Add a rule of whom new deals go to."""
        return cast(
            "ShareRule", self.call("POST", f"/api/v1/pipelines/{_quoted(pipeline)}/sharing", sent=sent, token=token)
        )

    def try_sharing(self, pipeline: str, sent: "ShareTry", *, token: str | None = None) -> ShareTried:
        """Try the rules out on a client, changing nothing."""
        return cast(
            "ShareTried",
            self.call("POST", f"/api/v1/pipelines/{_quoted(pipeline)}/sharing/try", sent=sent, token=token),
        )

    def get_share_rule(self, rule: str) -> ShareRule:
        """Show a rule of whom new deals go to."""
        return cast("ShareRule", self.call("GET", f"/api/v1/share-rules/{_quoted(rule)}"))

    def change_share_rule(self, rule: str, sent: "ShareRuleChanges", *, token: str | None = None) -> ShareRule:
        """Change a rule of whom new deals go to, or its place."""
        return cast("ShareRule", self.call("PATCH", f"/api/v1/share-rules/{_quoted(rule)}", sent=sent, token=token))

    def drop_share_rule(self, rule: str, *, token: str | None = None) -> None:
        """Delete a rule of whom new deals go to."""
        self.call("DELETE", f"/api/v1/share-rules/{_quoted(rule)}", token=token)

    def get_stage(self, stage: str) -> StageSetup:
        """Show a stage with all its settings."""
        return cast("StageSetup", self.call("GET", f"/api/v1/stages/{_quoted(stage)}"))

    def change_stage(self, stage: str, sent: "StageChanges", *, token: str | None = None) -> StageSetup:
        """Change a stage: its name, place, probability, norm, demanded fields."""
        return cast("StageSetup", self.call("PATCH", f"/api/v1/stages/{_quoted(stage)}", sent=sent, token=token))

    def delete_stage(self, stage: str, sent: "StageEnd", *, token: str | None = None) -> StageEnded:
        """Delete a stage; its deals go to another one."""
        return cast(
            "StageEnded", self.call("POST", f"/api/v1/stages/{_quoted(stage)}/delete", sent=sent, token=token)
        )

    def get_stage_buttons(self, stage: str) -> StageButtons:
        """Show the buttons of a stage: the live ones and the draft."""
        return cast("StageButtons", self.call("GET", f"/api/v1/stages/{_quoted(stage)}/buttons"))

    def put_button_draft(self, stage: str, sent: "DraftGiven", *, token: str | None = None) -> StageButtons:
        """Put the draft of a stage's buttons; nobody works by it until it is enabled."""
        return cast(
            "StageButtons", self.call("PUT", f"/api/v1/stages/{_quoted(stage)}/buttons/draft", sent=sent, token=token)
        )

    def enable_buttons(self, stage: str, sent: "RevGiven", *, token: str | None = None) -> StageButtons:
        """Put the draft before everybody."""
        return cast(
            "StageButtons",
            self.call("POST", f"/api/v1/stages/{_quoted(stage)}/buttons/enable", sent=sent, token=token),
        )

    def drop_button_draft(self, stage: str, sent: "RevGiven", *, token: str | None = None) -> StageButtons:
        """Throw the draft of a stage's buttons away."""
        return cast(
            "StageButtons", self.call("POST", f"/api/v1/stages/{_quoted(stage)}/buttons/drop", sent=sent, token=token)
        )

    def list_button_versions(self, stage: str) -> VersionList:
        """List the versions of a stage's buttons that are or were live."""
        return cast("VersionList", self.call("GET", f"/api/v1/stages/{_quoted(stage)}/buttons/versions"))

    def restore_buttons(
        self, stage: str, version: int, sent: "RevGiven", *, token: str | None = None
    ) -> StageButtons:
        """Make an earlier version of the buttons the draft."""
        return cast(
            "StageButtons",
            self.call(
                "POST",
                f"/api/v1/stages/{_quoted(stage)}/buttons/versions/{_quoted(version)}/restore",
                sent=sent,
                token=token,
            ),
        )

    def try_button(self, stage: str, sent: "TryGiven", *, token: str | None = None) -> Tried:
        """Try an outcome of a button out on a client, changing nothing."""
        return cast(
            "Tried", self.call("POST", f"/api/v1/stages/{_quoted(stage)}/buttons/try", sent=sent, token=token)
        )

    def list_step_kinds(self, stage: str) -> StepKindList:
        """List the kinds of steps with the JSON Schema of their settings."""
        return cast("StepKindList", self.call("GET", f"/api/v1/stages/{_quoted(stage)}/step-kinds"))

    def list_loss_reasons(self, *, state: Literal["active", "all"] | None = None) -> ReasonSetupList:
        """List the reasons for which deals are lost."""
        return cast("ReasonSetupList", self.call("GET", "/api/v1/loss-reasons", query={"state": state}))

    def add_loss_reason(self, sent: "NewReason", *, token: str | None = None) -> ReasonSetup:
        """Add a reason of loss."""
        return cast("ReasonSetup", self.call("POST", "/api/v1/loss-reasons", sent=sent, token=token))

    def change_loss_reason(self, reason: str, sent: "ReasonChanges", *, token: str | None = None) -> ReasonSetup:
        """Rename a reason of loss, put it away or take it back."""
        return cast(
            "ReasonSetup", self.call("PATCH", f"/api/v1/loss-reasons/{_quoted(reason)}", sent=sent, token=token)
        )

    def list_tasks(
        self,
        *,
        state: Literal["open", "closed"] | None = None,
        kind: str | None = None,
        employee: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> TaskList:
        """List tasks of the queue."""
        return cast(
            "TaskList",
            self.call(
                "GET",
                "/api/v1/tasks",
                query={"state": state, "kind": kind, "employee": employee, "limit": limit, "cursor": cursor},
            ),
        )

    def take_next(self, *, anyway: bool | None = None, token: str | None = None) -> Turn:
        """Take the next client of the feed and hold him for 90 seconds."""
        return cast("Turn", self.call("POST", "/api/v1/tasks/next", query={"anyway": anyway}, token=token))

    def list_assignments(
        self,
        *,
        whose: Literal["mine", "set", "team"] | None = None,
        state: Literal["open", "overdue", "closed"] | None = None,
        employee: str | None = None,
        client: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AssignmentList:
        """List the tasks that people set: one's own, those set for others, the team's."""
        return cast(
            "AssignmentList",
            self.call(
                "GET",
                "/api/v1/assignments",
                query={
                    "whose": whose,
                    "state": state,
                    "employee": employee,
                    "client": client,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def set_task(self, sent: "NewAssignment", *, token: str | None = None) -> AssignmentDetail:
        """Set a task for an employee or oneself."""
        return cast("AssignmentDetail", self.call("POST", "/api/v1/assignments", sent=sent, token=token))

    def get_assignment(self, task: str) -> AssignmentDetail:
        """Show a task with its checklist, the tasks under it and its discussion."""
        return cast("AssignmentDetail", self.call("GET", f"/api/v1/assignments/{_quoted(task)}"))

    def change_task(self, task: str, sent: "AssignmentChanges", *, token: str | None = None) -> AssignmentDetail:
        """Change what a task asks for, by when and of whom."""
        return cast(
            "AssignmentDetail", self.call("PATCH", f"/api/v1/assignments/{_quoted(task)}", sent=sent, token=token)
        )

    def add_check(self, task: str, sent: "CheckGiven", *, token: str | None = None) -> AssignmentDetail:
        """Add a line to the checklist of a task."""
        return cast(
            "AssignmentDetail",
            self.call("POST", f"/api/v1/assignments/{_quoted(task)}/checks", sent=sent, token=token),
        )

    def tick_check(self, task: str, check: str, sent: "TickGiven", *, token: str | None = None) -> AssignmentDetail:
        """Tick a line of the checklist, or untick it."""
        return cast(
            "AssignmentDetail",
            self.call("POST", f"/api/v1/assignments/{_quoted(task)}/checks/{_quoted(check)}", sent=sent, token=token),
        )

    def add_remark(self, task: str, sent: "RemarkGiven", *, token: str | None = None) -> Remark:
        """Write in the discussion of a task."""
        return cast(
            "Remark", self.call("POST", f"/api/v1/assignments/{_quoted(task)}/remarks", sent=sent, token=token)
        )

    def finish_task(self, task: str, sent: "ResultGiven", *, token: str | None = None) -> AssignmentDetail:
        """End a task as done; its author is told."""
        return cast(
            "AssignmentDetail",
            self.call("POST", f"/api/v1/assignments/{_quoted(task)}/finish", sent=sent, token=token),
        )

    def withdraw_task(self, task: str, *, token: str | None = None) -> AssignmentDetail:
        """Withdraw a task with those still open under it."""
        return cast(
            "AssignmentDetail", self.call("POST", f"/api/v1/assignments/{_quoted(task)}/withdraw", token=token)
        )

    def reopen_task(self, task: str, *, token: str | None = None) -> AssignmentDetail:
        """Take an ended task up again."""
        return cast("AssignmentDetail", self.call("POST", f"/api/v1/assignments/{_quoted(task)}/reopen", token=token))

    def attach_file(self, task: str, file: tuple[str, bytes], *, token: str | None = None) -> TaskFile:
        """Keep a file with a task."""
        return cast(
            "TaskFile", self.call("POST", f"/api/v1/assignments/{_quoted(task)}/files", files=[file], token=token)
        )

    def get_task_attachment(self, task: str, file_id: str) -> bytes:
        """Take a file of a task."""
        return cast("bytes", self.call("GET", f"/api/v1/assignments/{_quoted(task)}/files/{_quoted(file_id)}"))

    def detach_file(self, task: str, file_id: str, *, token: str | None = None) -> None:
        """Remove a file of a task."""
        self.call("DELETE", f"/api/v1/assignments/{_quoted(task)}/files/{_quoted(file_id)}", token=token)

    def list_task_kinds(self, *, state: Literal["active", "all"] | None = None) -> KindList:
        """List the kinds of tasks, and what each requires."""
        return cast("KindList", self.call("GET", "/api/v1/task-kinds", query={"state": state}))

    def add_task_kind(self, sent: "NewKind", *, token: str | None = None) -> Kind:
        """Add a kind of tasks."""
        return cast("Kind", self.call("POST", "/api/v1/task-kinds", sent=sent, token=token))

    def change_task_kind(self, kind: str, sent: "KindChanges", *, token: str | None = None) -> Kind:
        """Change a kind of tasks, put it away or take it back."""
        return cast("Kind", self.call("PATCH", f"/api/v1/task-kinds/{_quoted(kind)}", sent=sent, token=token))

    def get_task_rules(self) -> TaskRules:
        """Show when the head hears of overdue tasks."""
        return cast("TaskRules", self.call("GET", "/api/v1/task-rules"))

    def change_task_rules(self, sent: "TaskRulesGiven", *, token: str | None = None) -> TaskRules:
        """Say when the head hears of overdue tasks."""
        return cast("TaskRules", self.call("PATCH", "/api/v1/task-rules", sent=sent, token=token))

    def get_day(self, *, on: str | None = None, employee: str | None = None) -> PlannerDay:
        """Show a day of an employee by the hour: what is planned, which hours are free."""
        return cast("PlannerDay", self.call("GET", "/api/v1/planner/day", query={"on": on, "employee": employee}))

    def list_loose(self, *, employee: str | None = None) -> LooseTasks:
        """List the open tasks of an employee that have no time ahead of them."""
        return cast("LooseTasks", self.call("GET", "/api/v1/planner/loose", query={"employee": employee}))

    def list_mates(self) -> Mates:
        """Show how busy today is: one's own day and those of colleagues."""
        return cast("Mates", self.call("GET", "/api/v1/planner/colleagues"))

    def list_to_take(self, employee: str) -> MateTasks:
        """List the tasks of a colleague's day that may be taken over."""
        return cast("MateTasks", self.call("GET", f"/api/v1/planner/colleagues/{_quoted(employee)}/tasks"))

    def move_task(self, task: str, sent: "NewTime", *, token: str | None = None) -> Moved:
        """Move a task to another time."""
        return cast("Moved", self.call("POST", f"/api/v1/planner/tasks/{_quoted(task)}/time", sent=sent, token=token))

    def undo_move(self, sent: "UndoMove", *, token: str | None = None) -> PlannedTask:
        """Put a moved task back to its time."""
        return cast("PlannedTask", self.call("POST", "/api/v1/planner/undo", sent=sent, token=token))

    def take_over(self, sent: "TakeGiven", *, token: str | None = None) -> TakenOver:
        """Take tasks of an overloaded colleague over."""
        return cast("TakenOver", self.call("POST", "/api/v1/planner/take", sent=sent, token=token))

    def list_reminders(
        self, *, state: Literal["due", "ahead"] | None = None, limit: int | None = None, cursor: str | None = None
    ) -> ReminderList:
        """List one's reminders: those that are due, or those ahead."""
        return cast(
            "ReminderList",
            self.call("GET", "/api/v1/reminders", query={"state": state, "limit": limit, "cursor": cursor}),
        )

    def add_reminder(self, sent: "NewReminder", *, token: str | None = None) -> Reminder:
        """Ask to be reminded of something."""
        return cast("Reminder", self.call("POST", "/api/v1/reminders", sent=sent, token=token))

    def settle_reminders(self, *, token: str | None = None) -> Settled:
        """Settle everything that is due."""
        return cast("Settled", self.call("POST", "/api/v1/reminders/settle", token=token))

    def get_habits(self) -> Habits:
        """Show how one likes to be reminded."""
        return cast("Habits", self.call("GET", "/api/v1/reminders/habits"))

    def change_habits(self, sent: "HabitChanges", *, token: str | None = None) -> Habits:
        """Say how one likes to be reminded: sound, the letter of the day, how long before."""
        return cast("Habits", self.call("PATCH", "/api/v1/reminders/habits", sent=sent, token=token))

    def settle_reminder(self, reminder: str, *, token: str | None = None) -> None:
        """Settle a reminder."""
        self.call("POST", f"/api/v1/reminders/{_quoted(reminder)}/settle", token=token)

    def snooze_reminder(self, reminder: str, sent: "Snooze", *, token: str | None = None) -> Snoozed:
        """Put a reminder off."""
        return cast(
            "Snoozed", self.call("POST", f"/api/v1/reminders/{_quoted(reminder)}/snooze", sent=sent, token=token)
        )

    def list_notices(self, *, limit: int | None = None, cursor: str | None = None) -> NoticeList:
        """List one's notices: mentions, finished changes."""
        return cast("NoticeList", self.call("GET", "/api/v1/notices", query={"limit": limit, "cursor": cursor}))

    def mark_read(self, sent: "ReadGiven", *, token: str | None = None) -> ReadDone:
        """Mark notices as read, or all of them."""
        return cast("ReadDone", self.call("POST", "/api/v1/notices/read", sent=sent, token=token))

    def list_saved(self, *, subject: Literal["client", "deal"] | None = None) -> SavedLists:
        """List the saved lists: one's own, and those that colleagues share."""
        return cast("SavedLists", self.call("GET", "/api/v1/saved-lists", query={"subject": subject}))

    def save_list(self, sent: "NewSavedList", *, token: str | None = None) -> SavedList:
        """Save a list of clients or deals under a name."""
        return cast("SavedList", self.call("POST", "/api/v1/saved-lists", sent=sent, token=token))

    def get_saved(self, saved: str) -> SavedList:
        """Show a saved list: what it asks for."""
        return cast("SavedList", self.call("GET", f"/api/v1/saved-lists/{_quoted(saved)}"))

    def change_saved(self, saved: str, sent: "SavedListChanges", *, token: str | None = None) -> SavedList:
        """Rename a saved list, share it or not, keep another list under its name."""
        return cast("SavedList", self.call("PATCH", f"/api/v1/saved-lists/{_quoted(saved)}", sent=sent, token=token))

    def drop_saved(self, saved: str, *, token: str | None = None) -> None:
        """Delete a saved list; it can be taken back."""
        self.call("DELETE", f"/api/v1/saved-lists/{_quoted(saved)}", token=token)

    def restore_saved(self, saved: str, *, token: str | None = None) -> SavedList:
        """Take a deleted saved list back."""
        return cast("SavedList", self.call("POST", f"/api/v1/saved-lists/{_quoted(saved)}/restore", token=token))

    def list_saved_clients(self, saved: str, *, limit: int | None = None, cursor: str | None = None) -> ClientList:
        """List the clients of a saved list, in its order."""
        return cast(
            "ClientList",
            self.call(
                "GET", f"/api/v1/saved-lists/{_quoted(saved)}/clients", query={"limit": limit, "cursor": cursor}
            ),
        )

    def list_saved_deals(self, saved: str, *, limit: int | None = None, cursor: str | None = None) -> DealList:
        """List the deals of a saved list, newest first."""
        return cast(
            "DealList",
            self.call("GET", f"/api/v1/saved-lists/{_quoted(saved)}/deals", query={"limit": limit, "cursor": cursor}),
        )

    def list_walks(self, *, limit: int | None = None, cursor: str | None = None) -> WalkList:
        """List the lists that are called through: one's own, and the shared ones."""
        return cast("WalkList", self.call("GET", "/api/v1/walks", query={"limit": limit, "cursor": cursor}))

    def start_walk(self, sent: "NewWalk", *, token: str | None = None) -> Walk:
        """Begin to call a list through: whom it finds now is kept."""
        return cast("Walk", self.call("POST", "/api/v1/walks", sent=sent, token=token))

    def get_walk(self, walk: str) -> WalkDetail:
        """Show what came of a list, and who was not reached."""
        return cast("WalkDetail", self.call("GET", f"/api/v1/walks/{_quoted(walk)}"))

    def take_of_walk(self, walk: str, *, token: str | None = None) -> WalkStep:
        """Take the next client of a list and hold him for 90 seconds."""
        return cast("WalkStep", self.call("POST", f"/api/v1/walks/{_quoted(walk)}/next", token=token))

    def skip_of_walk(self, walk: str, position: int, *, token: str | None = None) -> Walk:
        """Pass the client in hand over."""
        return cast(
            "Walk", self.call("POST", f"/api/v1/walks/{_quoted(walk)}/items/{_quoted(position)}/skip", token=token)
        )

    def open_of_walk(self, walk: str, position: int, sent: "WalkOpen", *, token: str | None = None) -> Deal:
        """Open a deal for the client in hand."""
        return cast(
            "Deal",
            self.call(
                "POST", f"/api/v1/walks/{_quoted(walk)}/items/{_quoted(position)}/open", sent=sent, token=token
            ),
        )

    def stop_walk(self, walk: str, *, token: str | None = None) -> Walk:
        """End a list before its end."""
        return cast("Walk", self.call("POST", f"/api/v1/walks/{_quoted(walk)}/stop", token=token))

    def list_templates(self) -> TemplateList:
        """List the templates of letters."""
        return cast("TemplateList", self.call("GET", "/api/v1/letter-templates"))

    def add_template(self, sent: "NewTemplate", *, token: str | None = None) -> Template:
        """Make a template of letters."""
        return cast("Template", self.call("POST", "/api/v1/letter-templates", sent=sent, token=token))

    def list_letter_fields(self) -> FieldNames:
        """List the fields that a letter may name."""
        return cast("FieldNames", self.call("GET", "/api/v1/letter-templates/fields"))

    def preview_letter(self, sent: "PreviewGiven", *, token: str | None = None) -> LetterShown:
        """Show a letter as a client would get it."""
        return cast("LetterShown", self.call("POST", "/api/v1/letter-templates/preview", sent=sent, token=token))

    def get_template(self, template: str) -> Template:
        """Show a template of letters."""
        return cast("Template", self.call("GET", f"/api/v1/letter-templates/{_quoted(template)}"))

    def change_template(self, template: str, sent: "TemplateChanges", *, token: str | None = None) -> Template:
        """Change a template of letters."""
        return cast(
            "Template", self.call("PATCH", f"/api/v1/letter-templates/{_quoted(template)}", sent=sent, token=token)
        )

    def drop_template(self, template: str, *, token: str | None = None) -> None:
        """Put a template of letters away."""
        self.call("DELETE", f"/api/v1/letter-templates/{_quoted(template)}", token=token)

    def list_messages(
        self,
        *,
        client: str | None = None,
        channel: str | None = None,
        state: Literal[
            "planned",
            "waiting",
            "held",
            "claimed",
            "handed",
            "accepted",
            "delivered",
            "failed",
            "unknown",
            "refused",
            "cancelled",
        ]
        | None = None,
        traffic: Literal["service", "advertising"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> MessageList:
        """List the messages to a client."""
        return cast(
            "MessageList",
            self.call(
                "GET",
                "/api/v1/messages",
                query={
                    "client": client,
                    "channel": channel,
                    "state": state,
                    "traffic": traffic,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def send_letter(self, sent: "LetterGiven", *, token: str | None = None) -> MessageWithSteps:
        """Send a letter to a client."""
        return cast("MessageWithSteps", self.call("POST", "/api/v1/messages", sent=sent, token=token))

    def get_message(self, message: str) -> MessageWithSteps:
        """Show a message with what happened to it."""
        return cast("MessageWithSteps", self.call("GET", f"/api/v1/messages/{_quoted(message)}"))

    def call_back_letter(self, message: str, *, token: str | None = None) -> MessageWithSteps:
        """Call a letter back that has not left."""
        return cast(
            "MessageWithSteps", self.call("POST", f"/api/v1/messages/{_quoted(message)}/call-back", token=token)
        )

    def list_answers(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> ArticleList:
        """List the answers."""
        return cast(
            "ArticleList", self.call("GET", "/api/v1/answers", query={"q": q, "limit": limit, "cursor": cursor})
        )

    def add_answer(self, sent: "NewArticle", *, token: str | None = None) -> Article:
        """Write an answer."""
        return cast("Article", self.call("POST", "/api/v1/answers", sent=sent, token=token))

    def ask_answers(self, sent: "AskGiven", *, token: str | None = None) -> Answered:
        """Ask the knowledge base."""
        return cast("Answered", self.call("POST", "/api/v1/answers/ask", sent=sent, token=token))

    def get_answer(self, answer: str) -> Article:
        """Get an answer."""
        return cast("Article", self.call("GET", f"/api/v1/answers/{_quoted(answer)}"))

    def change_answer(self, answer: str, sent: "ArticleChanges", *, token: str | None = None) -> Article:
        """Change an answer, switch it on or off."""
        return cast("Article", self.call("PATCH", f"/api/v1/answers/{_quoted(answer)}", sent=sent, token=token))

    def drop_answer(self, answer: str, *, token: str | None = None) -> None:
        """Delete an answer."""
        self.call("DELETE", f"/api/v1/answers/{_quoted(answer)}", token=token)

    def list_synonyms(self) -> SynonymsList:
        """List the synonyms."""
        return cast("SynonymsList", self.call("GET", "/api/v1/synonyms"))

    def add_synonyms(self, sent: "SynonymsGiven", *, token: str | None = None) -> Synonyms:
        """Keep a set of synonyms."""
        return cast("Synonyms", self.call("POST", "/api/v1/synonyms", sent=sent, token=token))

    def change_synonyms(self, synonyms: str, sent: "SynonymsGiven", *, token: str | None = None) -> Synonyms:
        """Change a set of synonyms."""
        return cast("Synonyms", self.call("PUT", f"/api/v1/synonyms/{_quoted(synonyms)}", sent=sent, token=token))

    def drop_synonyms(self, synonyms: str, *, token: str | None = None) -> None:
        """Delete a set of synonyms."""
        self.call("DELETE", f"/api/v1/synonyms/{_quoted(synonyms)}", token=token)

    def list_proposed_answers(self) -> ProposalList:
        """List the answers that wait for approval."""
        return cast("ProposalList", self.call("GET", "/api/v1/proposed-answers"))

    def propose_answer(self, sent: "ProposalGiven", *, token: str | None = None) -> Proposal:
        """Propose an answer."""
        return cast("Proposal", self.call("POST", "/api/v1/proposed-answers", sent=sent, token=token))

    def judge_answer(self, proposal: str, sent: "JudgeGiven", *, token: str | None = None) -> Proposal:
        """Approve or refuse a proposed answer."""
        return cast(
            "Proposal",
            self.call("POST", f"/api/v1/proposed-answers/{_quoted(proposal)}/judge", sent=sent, token=token),
        )

    def list_unanswered(self, *, limit: int | None = None) -> UnansweredList:
        """List the questions without an answer."""
        return cast("UnansweredList", self.call("GET", "/api/v1/unanswered", query={"limit": limit}))

    def settle_unanswered(self, question: str, sent: "SettleGiven", *, token: str | None = None) -> Unanswered:
        """Settle a question without an answer."""
        return cast(
            "Unanswered", self.call("POST", f"/api/v1/unanswered/{_quoted(question)}/settle", sent=sent, token=token)
        )

    def list_campaigns(
        self,
        *,
        state: Literal["draft", "scheduled", "asks", "running", "paused", "done", "stopped"] | None = None,
        channel: Literal["email", "sms"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> CampaignList:
        """List campaigns."""
        return cast(
            "CampaignList",
            self.call(
                "GET",
                "/api/v1/campaigns",
                query={"state": state, "channel": channel, "limit": limit, "cursor": cursor},
            ),
        )

    def add_campaign(self, sent: "CampaignGiven", *, token: str | None = None) -> CampaignWhole:
        """Make a draft of a campaign."""
        return cast("CampaignWhole", self.call("POST", "/api/v1/campaigns", sent=sent, token=token))

    def get_campaign(self, campaign: str) -> CampaignWhole:
        """Show a campaign and how far it is."""
        return cast("CampaignWhole", self.call("GET", f"/api/v1/campaigns/{_quoted(campaign)}"))

    def change_campaign(self, campaign: str, sent: "CampaignChange", *, token: str | None = None) -> CampaignWhole:
        """Change a draft of a campaign."""
        return cast(
            "CampaignWhole", self.call("PUT", f"/api/v1/campaigns/{_quoted(campaign)}", sent=sent, token=token)
        )

    def drop_campaign(self, campaign: str, *, token: str | None = None) -> None:
        """Delete a draft of a campaign."""
        self.call("DELETE", f"/api/v1/campaigns/{_quoted(campaign)}", token=token)

    def get_campaign_results(self, campaign: str) -> CampaignResults:
        """Show what came of a campaign."""
        return cast("CampaignResults", self.call("GET", f"/api/v1/campaigns/{_quoted(campaign)}/results"))

    def check_campaign(self, campaign: str) -> CampaignCheck:
        """Ask what a campaign would come to."""
        return cast("CampaignCheck", self.call("GET", f"/api/v1/campaigns/{_quoted(campaign)}/check"))

    def judge_campaign(self, campaign: str, *, token: str | None = None) -> CampaignCheck:
        """Have all recipients of a campaign judged."""
        return cast("CampaignCheck", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/check", token=token))

    def list_campaign_recipients(
        self,
        campaign: str,
        *,
        state: Literal[
            "planned",
            "waiting",
            "held",
            "claimed",
            "handed",
            "accepted",
            "delivered",
            "failed",
            "unknown",
            "refused",
            "cancelled",
        ]
        | None = None,
        code: str | None = None,
        variant: int | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> RecipientList:
        """List the recipients of a campaign."""
        return cast(
            "RecipientList",
            self.call(
                "GET",
                f"/api/v1/campaigns/{_quoted(campaign)}/recipients",
                query={"state": state, "code": code, "variant": variant, "limit": limit, "cursor": cursor},
            ),
        )

    def copy_campaign(self, campaign: str, *, token: str | None = None) -> CampaignWhole:
        """Copy a campaign into a draft."""
        return cast("CampaignWhole", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/copy", token=token))

    def test_campaign(self, campaign: str, sent: "TestGiven", *, token: str | None = None) -> TestTold:
        """Send a letter of a campaign to oneself."""
        return cast(
            "TestTold", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/test", sent=sent, token=token)
        )

    def start_campaign(self, campaign: str, sent: "StartGiven", *, token: str | None = None) -> CampaignWhole:
        """Start a campaign, or let it wait for its hour."""
        return cast(
            "CampaignWhole", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/start", sent=sent, token=token)
        )

    def unschedule_campaign(self, campaign: str, *, token: str | None = None) -> CampaignWhole:
        """Make a campaign that waits for its hour a draft again."""
        return cast(
            "CampaignWhole", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/unschedule", token=token)
        )

    def pause_campaign(self, campaign: str, *, token: str | None = None) -> CampaignWhole:
        """Pause a campaign."""
        return cast("CampaignWhole", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/pause", token=token))

    def resume_campaign(self, campaign: str, sent: "ResumeGiven", *, token: str | None = None) -> CampaignWhole:
        """Go on with a campaign."""
        return cast(
            "CampaignWhole",
            self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/resume", sent=sent, token=token),
        )

    def stop_campaign(self, campaign: str, *, token: str | None = None) -> CampaignWhole:
        """Stop a campaign for good."""
        return cast("CampaignWhole", self.call("POST", f"/api/v1/campaigns/{_quoted(campaign)}/stop", token=token))

    def list_talks(
        self,
        *,
        tab: Literal["mine", "free", "all", "snoozed", "closed"] | None = None,
        department: str | None = None,
        tag: str | None = None,
        channel: Literal["chat", "telegram", "email", "sms"] | None = None,
        cursor: str | None = None,
    ) -> TalkList:
        """List the talks."""
        return cast(
            "TalkList",
            self.call(
                "GET",
                "/api/v1/talks",
                query={"tab": tab, "department": department, "tag": tag, "channel": channel, "cursor": cursor},
            ),
        )

    def begin_talk(self, sent: "FirstLetter", *, token: str | None = None) -> TalkWithLines:
        """Begin a thread of letters with a client."""
        return cast("TalkWithLines", self.call("POST", "/api/v1/talks", sent=sent, token=token))

    def list_mailboxes(self) -> MailboxList:
        """List the mailboxes that letters begin from."""
        return cast("MailboxList", self.call("GET", "/api/v1/talks/mailboxes"))

    def begin_talk_with_files(
        self, sent: "FirstLetter", file: Sequence[tuple[str, bytes]], *, token: str | None = None
    ) -> TalkWithLines:
        """Begin a thread of letters with a client, with files."""
        return cast("TalkWithLines", self.call("POST", "/api/v1/talks/letters", sent=sent, files=file, token=token))

    def get_talk(self, talk: str, *, after: int | None = None) -> TalkWithLines:
        """Show a talk with its lines."""
        return cast("TalkWithLines", self.call("GET", f"/api/v1/talks/{_quoted(talk)}", query={"after": after}))

    def answer_talk(self, talk: str, sent: "TalkText", *, token: str | None = None) -> TalkWithLines:
        """Answer the visitor."""
        return cast(
            "TalkWithLines", self.call("POST", f"/api/v1/talks/{_quoted(talk)}/answer", sent=sent, token=token)
        )

    def answer_talk_with_file(
        self, talk: str, sent: "FileText", file: tuple[str, bytes], *, token: str | None = None
    ) -> TalkWithLines:
        """Answer the visitor with a file."""
        return cast(
            "TalkWithLines",
            self.call("POST", f"/api/v1/talks/{_quoted(talk)}/file", sent=sent, files=[file], token=token),
        )

    def answer_talk_with_goods(self, talk: str, sent: "TalkGoods", *, token: str | None = None) -> TalkWithLines:
        """Answer the visitor with goods."""
        return cast(
            "TalkWithLines", self.call("POST", f"/api/v1/talks/{_quoted(talk)}/goods", sent=sent, token=token)
        )

    def note_talk(self, talk: str, sent: "NoteText", *, token: str | None = None) -> TalkWithLines:
        """Write a note into a talk."""
        return cast("TalkWithLines", self.call("POST", f"/api/v1/talks/{_quoted(talk)}/note", sent=sent, token=token))

    def assign_talk(self, talk: str, sent: "TalkTo", *, token: str | None = None) -> TalkWithLines:
        """Hand a talk over."""
        return cast(
            "TalkWithLines", self.call("POST", f"/api/v1/talks/{_quoted(talk)}/assign", sent=sent, token=token)
        )

    def close_talk(self, talk: str, *, token: str | None = None) -> TalkWithLines:
        """Close a talk."""
        return cast("TalkWithLines", self.call("POST", f"/api/v1/talks/{_quoted(talk)}/close", token=token))

    def get_talk_attachment(self, talk: str, file_id: str) -> bytes:
        """Take a file of a talk."""
        return cast("bytes", self.call("GET", f"/api/v1/talks/{_quoted(talk)}/files/{_quoted(file_id)}"))

    def list_goods(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> GoodsList:
        """List variants, by the filters and orders of the screen."""
        return cast(
            "GoodsList",
            self.call(
                "GET",
                "/api/v1/goods",
                query={
                    "q": q,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def find_goods(
        self, *, barcode: str | None = None, code: str | None = None, q: str | None = None, limit: int | None = None
    ) -> GoodsList:
        """Find variants by a scanned barcode, an article or a text."""
        return cast(
            "GoodsList",
            self.call("GET", "/api/v1/goods/find", query={"barcode": barcode, "code": code, "q": q, "limit": limit}),
        )

    def list_prices(self, variant: str) -> PriceList:
        """List the prices of a variant: past, present and planned."""
        return cast("PriceList", self.call("GET", f"/api/v1/goods/{_quoted(variant)}/prices"))

    def set_price(self, variant: str, sent: "PriceGiven", *, token: str | None = None) -> PriceDone:
        """Set a price of a variant, now or for a time to come."""
        return cast("PriceDone", self.call("PUT", f"/api/v1/goods/{_quoted(variant)}/prices", sent=sent, token=token))

    def end_price(self, variant: str, kind: str, *, token: str | None = None) -> None:
        """Leave a variant without a price of a kind, planned ones included."""
        self.call("DELETE", f"/api/v1/goods/{_quoted(variant)}/prices/{_quoted(kind)}", token=token)

    def set_parts(self, variant: str, sent: "PartsGiven", *, token: str | None = None) -> None:
        """Say what a kit is made of."""
        self.call("PUT", f"/api/v1/goods/{_quoted(variant)}/parts", sent=sent, token=token)

    def add_product(self, sent: "NewProduct", *, token: str | None = None) -> Product:
        """Add a product with its variants and barcodes."""
        return cast("Product", self.call("POST", "/api/v1/products", sent=sent, token=token))

    def switch_products(self, sent: "SwitchGiven", *, token: str | None = None) -> Switched:
        """Put products on sale, or take them off it."""
        return cast("Switched", self.call("POST", "/api/v1/products/switch", sent=sent, token=token))

    def get_product(self, product: str) -> Product:
        """Show a product with its variants and prices."""
        return cast("Product", self.call("GET", f"/api/v1/products/{_quoted(product)}"))

    def change_product(self, product: str, sent: "ProductChanges", *, token: str | None = None) -> Product:
        """Change a product, its variants and barcodes."""
        return cast("Product", self.call("PATCH", f"/api/v1/products/{_quoted(product)}", sent=sent, token=token))

    def set_related(self, product: str, sent: "RelatedGiven", *, token: str | None = None) -> None:
        """Say what goes with a product."""
        self.call("PUT", f"/api/v1/products/{_quoted(product)}/related", sent=sent, token=token)

    def list_categories(self) -> CategoryList:
        """List the tree of categories."""
        return cast("CategoryList", self.call("GET", "/api/v1/categories"))

    def add_category(self, sent: "CategoryGiven", *, token: str | None = None) -> Category:
        """Add a category."""
        return cast("Category", self.call("POST", "/api/v1/categories", sent=sent, token=token))

    def change_category(self, category: str, sent: "CategoryGiven", *, token: str | None = None) -> Category:
        """Rename or move a category."""
        return cast("Category", self.call("PUT", f"/api/v1/categories/{_quoted(category)}", sent=sent, token=token))

    def delete_category(self, category: str, *, token: str | None = None) -> None:
        """Delete a category without branches."""
        self.call("DELETE", f"/api/v1/categories/{_quoted(category)}", token=token)

    def list_price_kinds(self) -> PriceKindList:
        """List the kinds of prices."""
        return cast("PriceKindList", self.call("GET", "/api/v1/price-kinds"))

    def list_held_prices(self) -> HeldList:
        """List the prices that the guard holds."""
        return cast("HeldList", self.call("GET", "/api/v1/held-prices"))

    def settle_held_prices(self, sent: "SettleGiven", *, token: str | None = None) -> Settled:
        """Release or refuse held prices."""
        return cast("Settled", self.call("POST", "/api/v1/held-prices", sent=sent, token=token))

    def list_terms(self, client: str) -> TermsList:
        """Show the personal prices of a client, planned ones too."""
        return cast("TermsList", self.call("GET", f"/api/v1/personal-prices/{_quoted(client)}"))

    def set_terms(self, client: str, sent: "TermsGiven", *, token: str | None = None) -> TermsList:
        """Agree on personal prices with a client, from now or for a time to come."""
        return cast(
            "TermsList", self.call("PUT", f"/api/v1/personal-prices/{_quoted(client)}", sent=sent, token=token)
        )

    def end_terms(self, client: str, *, token: str | None = None) -> None:
        """End the personal prices of a client, planned ones included."""
        self.call("DELETE", f"/api/v1/personal-prices/{_quoted(client)}", token=token)

    def list_suppliers(self) -> ListSupplierList:
        """List suppliers with what waits for an answer."""
        return cast("ListSupplierList", self.call("GET", "/api/v1/suppliers"))

    def list_price_lists(self, supplier: str) -> PriceLoadingList:
        """List the latest price lists of a supplier."""
        return cast("PriceLoadingList", self.call("GET", f"/api/v1/suppliers/{_quoted(supplier)}/price-lists"))

    def load_price_list(self, supplier: str, file: tuple[str, bytes], *, token: str | None = None) -> PriceLoading:
        """Load a price list of a supplier."""
        return cast(
            "PriceLoading",
            self.call("POST", f"/api/v1/suppliers/{_quoted(supplier)}/price-lists/import", files=[file], token=token),
        )

    def list_doubts(self, supplier: str, *, limit: int | None = None, cursor: str | None = None) -> DoubtList:
        """List the lines of a supplier that wait for an answer."""
        return cast(
            "DoubtList",
            self.call(
                "GET", f"/api/v1/suppliers/{_quoted(supplier)}/doubts", query={"limit": limit, "cursor": cursor}
            ),
        )

    def get_price_list(self, loading: str) -> PriceLoading:
        """Show what came of a price list."""
        return cast("PriceLoading", self.call("GET", f"/api/v1/price-lists/{_quoted(loading)}"))

    def drop_price_list(self, loading: str, *, token: str | None = None) -> None:
        """Throw away a price list that has not been loaded."""
        self.call("DELETE", f"/api/v1/price-lists/{_quoted(loading)}", token=token)

    def choose_list_columns(self, loading: str, sent: "MeaningsGiven", *, token: str | None = None) -> PriceLoading:
        """Say what the columns of a price list mean; it is then loaded."""
        return cast(
            "PriceLoading",
            self.call("POST", f"/api/v1/price-lists/{_quoted(loading)}/columns", sent=sent, token=token),
        )

    def undo_price_list(self, loading: str, *, token: str | None = None) -> PriceLoading:
        """Take the last price list of a supplier back."""
        return cast("PriceLoading", self.call("POST", f"/api/v1/price-lists/{_quoted(loading)}/undo", token=token))

    def answer_doubt(self, line: str, sent: "AnswerGiven", *, token: str | None = None) -> ListLine:
        """Answer which goods a supplier's line is."""
        return cast("ListLine", self.call("POST", f"/api/v1/doubts/{_quoted(line)}/answer", sent=sent, token=token))

    def take_answer_back(self, line: str, *, token: str | None = None) -> ListLine:
        """Take an answer about a supplier's line back."""
        return cast("ListLine", self.call("POST", f"/api/v1/doubts/{_quoted(line)}/back", token=token))

    def list_orders(
        self,
        *,
        status: str | None = None,
        phase: Literal["", "new", "work", "ready", "shipping", "done", "cancelled"] | None = None,
        client: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> OrderList:
        """List orders."""
        return cast(
            "OrderList",
            self.call(
                "GET",
                "/api/v1/orders",
                query={"status": status, "phase": phase, "client": client, "limit": limit, "cursor": cursor},
            ),
        )

    def place_order(self, sent: "OrderGiven", *, token: str | None = None) -> Order:
        """Place an order."""
        return cast("Order", self.call("POST", "/api/v1/orders", sent=sent, token=token))

    def get_order(self, order: str) -> Order:
        """Get an order."""
        return cast("Order", self.call("GET", f"/api/v1/orders/{_quoted(order)}"))

    def change_order(self, order: str, sent: "OrderChanges", *, token: str | None = None) -> Order:
        """Change an order as you read it."""
        return cast("Order", self.call("PATCH", f"/api/v1/orders/{_quoted(order)}", sent=sent, token=token))

    def set_order_status(self, order: str, sent: "StatusGiven", *, token: str | None = None) -> Order:
        """Bring an order to a status."""
        return cast("Order", self.call("POST", f"/api/v1/orders/{_quoted(order)}/status", sent=sent, token=token))

    def promise_order(self, order: str, sent: "PromiseGiven", *, token: str | None = None) -> Order:
        """Promise another day."""
        return cast("Order", self.call("POST", f"/api/v1/orders/{_quoted(order)}/promise", sent=sent, token=token))

    def cancel_order(self, order: str, sent: "CancelGiven", *, token: str | None = None) -> Order:
        """Cancel an order."""
        return cast("Order", self.call("POST", f"/api/v1/orders/{_quoted(order)}/cancel", sent=sent, token=token))

    def pick_order(self, order: str, *, token: str | None = None) -> ShipmentList:
        """Begin picking."""
        return cast("ShipmentList", self.call("POST", f"/api/v1/orders/{_quoted(order)}/shipments", token=token))

    def ask_return(self, order: str, sent: "ReturnGiven", *, token: str | None = None) -> Return:
        """Write down a return."""
        return cast("Return", self.call("POST", f"/api/v1/orders/{_quoted(order)}/returns", sent=sent, token=token))

    def list_shipments(self) -> ShipmentList:
        """List parcels at work."""
        return cast("ShipmentList", self.call("GET", "/api/v1/shipments"))

    def get_shipment(self, shipment: str) -> Shipment:
        """Get a parcel."""
        return cast("Shipment", self.call("GET", f"/api/v1/shipments/{_quoted(shipment)}"))

    def scan_shipment(self, shipment: str, sent: "ScanGiven", *, token: str | None = None) -> Scan:
        """Check a reading."""
        return cast("Scan", self.call("POST", f"/api/v1/shipments/{_quoted(shipment)}/scans", sent=sent, token=token))

    def ship_shipment(self, shipment: str, sent: "ShipGiven", *, token: str | None = None) -> Shipment:
        """Ship a parcel."""
        return cast(
            "Shipment", self.call("POST", f"/api/v1/shipments/{_quoted(shipment)}/ship", sent=sent, token=token)
        )

    def deliver_shipment(self, shipment: str, *, token: str | None = None) -> Shipment:
        """Say that the client has a parcel."""
        return cast("Shipment", self.call("POST", f"/api/v1/shipments/{_quoted(shipment)}/deliver", token=token))

    def list_returns(
        self, *, state: Literal["", "asked", "received", "refunded", "rejected", "cancelled"] | None = None
    ) -> ReturnList:
        """List returns."""
        return cast("ReturnList", self.call("GET", "/api/v1/returns", query={"state": state}))

    def get_return(self, back: str) -> Return:
        """Get a return."""
        return cast("Return", self.call("GET", f"/api/v1/returns/{_quoted(back)}"))

    def receive_return(self, back: str, sent: "ReceiveGiven", *, token: str | None = None) -> Return:
        """Take a return in."""
        return cast("Return", self.call("POST", f"/api/v1/returns/{_quoted(back)}/receive", sent=sent, token=token))

    def reject_return(self, back: str, sent: "RejectGiven", *, token: str | None = None) -> Return:
        """Reject a return."""
        return cast("Return", self.call("POST", f"/api/v1/returns/{_quoted(back)}/reject", sent=sent, token=token))

    def list_order_statuses(self) -> OrderStatusList:
        """List statuses of orders."""
        return cast("OrderStatusList", self.call("GET", "/api/v1/order-statuses"))

    def list_promos(
        self,
        *,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> PromoList:
        """List promo codes, by the filters of the screen."""
        return cast(
            "PromoList",
            self.call(
                "GET",
                "/api/v1/promos",
                query={
                    "q": q,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def make_promo(self, sent: "PromoGiven", *, token: str | None = None) -> Promo:
        """Make a promo code."""
        return cast("Promo", self.call("POST", "/api/v1/promos", sent=sent, token=token))

    def quote_promo(self, sent: "QuoteGiven", *, token: str | None = None) -> Quote:
        """Ask what a code takes off a sale."""
        return cast("Quote", self.call("POST", "/api/v1/promos/quote", sent=sent, token=token))

    def get_promo(self, promo: str) -> Promo:
        """Get a promo code."""
        return cast("Promo", self.call("GET", f"/api/v1/promos/{_quoted(promo)}"))

    def change_promo(self, promo: str, sent: "PromoGiven", *, token: str | None = None) -> Promo:
        """Change a promo code."""
        return cast("Promo", self.call("PUT", f"/api/v1/promos/{_quoted(promo)}", sent=sent, token=token))

    def switch_promo(self, promo: str, sent: "PromoSwitch", *, token: str | None = None) -> Promo:
        """Switch a promo code on or off."""
        return cast("Promo", self.call("POST", f"/api/v1/promos/{_quoted(promo)}/switch", sent=sent, token=token))

    def make_promo_codes(self, promo: str, sent: "CodesGiven", *, token: str | None = None) -> CodeList:
        """Make codes for single use."""
        return cast("CodeList", self.call("POST", f"/api/v1/promos/{_quoted(promo)}/codes", sent=sent, token=token))

    def list_promo_codes(self, promo: str, *, limit: int | None = None, cursor: str | None = None) -> CodeList:
        """List the codes of a promo."""
        return cast(
            "CodeList",
            self.call("GET", f"/api/v1/promos/{_quoted(promo)}/codes", query={"limit": limit, "cursor": cursor}),
        )

    def get_referral_terms(self) -> ReferralTerms:
        """Get the terms of the referral programme."""
        return cast("ReferralTerms", self.call("GET", "/api/v1/referrals/terms"))

    def set_referral_terms(self, sent: "ReferralTermsGiven", *, token: str | None = None) -> ReferralTerms:
        """Set the terms of the referral programme."""
        return cast("ReferralTerms", self.call("PUT", "/api/v1/referrals/terms", sent=sent, token=token))

    def list_referral_dues(self, *, limit: int | None = None, cursor: str | None = None) -> ReferralDueList:
        """List clients to whom something is to be paid out for their friends."""
        return cast(
            "ReferralDueList",
            self.call("GET", "/api/v1/referrals/payouts/due", query={"limit": limit, "cursor": cursor}),
        )

    def list_referral_payouts(
        self, *, client: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> ReferralPayoutList:
        """List what was paid out to clients for their friends."""
        return cast(
            "ReferralPayoutList",
            self.call("GET", "/api/v1/referrals/payouts", query={"client": client, "limit": limit, "cursor": cursor}),
        )

    def make_referral_payout(self, sent: "ReferralPayoutGiven", *, token: str | None = None) -> ReferralPayout:
        """Pay a client all that he is owed for his friends."""
        return cast("ReferralPayout", self.call("POST", "/api/v1/referrals/payouts", sent=sent, token=token))

    def get_referral_account(self, client: str) -> ReferralAccount:
        """Get a client's link for friends and what they have earned for him."""
        return cast("ReferralAccount", self.call("GET", f"/api/v1/referrals/of/{_quoted(client)}"))

    def make_referral_link(self, client: str, *, token: str | None = None) -> ReferralAccount:
        """Make a client's link for friends."""
        return cast("ReferralAccount", self.call("POST", f"/api/v1/referrals/of/{_quoted(client)}/link", token=token))

    def list_referrals(
        self,
        *,
        state: Literal["active", "held", "refused"] | None = None,
        referrer: str | None = None,
        changed_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> ReferralList:
        """List who brought whom."""
        return cast(
            "ReferralList",
            self.call(
                "GET",
                "/api/v1/referrals",
                query={
                    "state": state,
                    "referrer": referrer,
                    "changed_since": changed_since,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def name_referral(self, sent: "ReferralGiven", *, token: str | None = None) -> Referral:
        """Say by whose code a client was brought."""
        return cast("Referral", self.call("POST", "/api/v1/referrals", sent=sent, token=token))

    def get_referral(self, referral: str) -> Referral:
        """Get a referral."""
        return cast("Referral", self.call("GET", f"/api/v1/referrals/{_quoted(referral)}"))

    def judge_referral(self, referral: str, sent: "ReferralJudged", *, token: str | None = None) -> Referral:
        """Accept a referral, refuse it, or take that back."""
        return cast(
            "Referral", self.call("POST", f"/api/v1/referrals/{_quoted(referral)}/judge", sent=sent, token=token)
        )

    def list_surveys(self, *, since: str | None = None, until: str | None = None) -> SurveyList:
        """List surveys with their results."""
        return cast("SurveyList", self.call("GET", "/api/v1/surveys", query={"since": since, "until": until}))

    def get_survey(self, survey: str, *, since: str | None = None, until: str | None = None) -> Survey:
        """Get a survey with its results."""
        return cast(
            "Survey", self.call("GET", f"/api/v1/surveys/{_quoted(survey)}", query={"since": since, "until": until})
        )

    def list_survey_answers(
        self,
        survey: str,
        *,
        bad: bool | None = None,
        source: Literal["email", "sms", "page", "site"] | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> SurveyAnswerList:
        """List the answers to a survey."""
        return cast(
            "SurveyAnswerList",
            self.call(
                "GET",
                f"/api/v1/surveys/{_quoted(survey)}/answers",
                query={
                    "bad": bad,
                    "source": source,
                    "since": since,
                    "until": until,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def switch_survey(self, survey: str, sent: "SurveySwitch", *, token: str | None = None) -> Survey:
        """Switch a survey on or off."""
        return cast("Survey", self.call("POST", f"/api/v1/surveys/{_quoted(survey)}/switch", sent=sent, token=token))

    def list_sites(self) -> SiteList:
        """List sites."""
        return cast("SiteList", self.call("GET", "/api/v1/sites"))

    def list_widgets(self, site: str) -> WidgetList:
        """List widgets of a site with their numbers."""
        return cast("WidgetList", self.call("GET", f"/api/v1/sites/{_quoted(site)}/widgets"))

    def list_visits(
        self,
        *,
        client: str | None = None,
        visitor: str | None = None,
        site: str | None = None,
        source: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> VisitList:
        """List visits of sites."""
        return cast(
            "VisitList",
            self.call(
                "GET",
                "/api/v1/visits",
                query={
                    "client": client,
                    "visitor": visitor,
                    "site": site,
                    "source": source,
                    "limit": limit,
                    "cursor": cursor,
                },
            ),
        )

    def list_tests(
        self,
        *,
        kind: Literal["letter", "flow", "widget"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> TestList:
        """List A/B tests with their results."""
        return cast(
            "TestList", self.call("GET", "/api/v1/tests", query={"kind": kind, "limit": limit, "cursor": cursor})
        )

    def get_test(self, test: str) -> Test:
        """Get an A/B test with its result."""
        return cast("Test", self.call("GET", f"/api/v1/tests/{_quoted(test)}"))

    def list_automations(self, *, limit: int | None = None, cursor: str | None = None) -> AutomationList:
        """List automations."""
        return cast(
            "AutomationList", self.call("GET", "/api/v1/automations", query={"limit": limit, "cursor": cursor})
        )

    def list_scenarios(self, *, limit: int | None = None, cursor: str | None = None) -> ScenarioList:
        """List scenarios of the bot."""
        return cast(
            "ScenarioList",
            self.call("GET", "/api/v1/automations/scenarios", query={"limit": limit, "cursor": cursor}),
        )

    def switch_automation(self, automation: str, sent: "AutomationSwitch", *, token: str | None = None) -> Automation:
        """Switch an automation on or off."""
        return cast(
            "Automation",
            self.call("PUT", f"/api/v1/automations/{_quoted(automation)}/switch", sent=sent, token=token),
        )

    def list_automation_walks(
        self, automation: str, *, state: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> WalkList:
        """List who walks an automation."""
        return cast(
            "WalkList",
            self.call(
                "GET",
                f"/api/v1/automations/{_quoted(automation)}/walks",
                query={"state": state, "limit": limit, "cursor": cursor},
            ),
        )

    def start_automation(self, automation: str, sent: "WalkGiven", *, token: str | None = None) -> Walk:
        """Bring somebody into an automation."""
        return cast(
            "Walk", self.call("POST", f"/api/v1/automations/{_quoted(automation)}/walks", sent=sent, token=token)
        )

    def get_automation_walk(self, walk: str) -> Walk:
        """Get a walk through an automation, with its log."""
        return cast("Walk", self.call("GET", f"/api/v1/automations/walks/{_quoted(walk)}"))

    def stop_automation_walk(self, walk: str, *, token: str | None = None) -> Walk:
        """Stop an automation for somebody."""
        return cast("Walk", self.call("POST", f"/api/v1/automations/walks/{_quoted(walk)}/stop", token=token))

    def retry_automation_walk(self, walk: str, *, token: str | None = None) -> Walk:
        """Try a stuck step of an automation again."""
        return cast("Walk", self.call("POST", f"/api/v1/automations/walks/{_quoted(walk)}/again", token=token))

    def list_buffers(
        self,
        *,
        place: str | None = None,
        zone: Literal["", "red", "yellow", "green", "above"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> BufferList:
        """List buffers as they stand now."""
        return cast(
            "BufferList",
            self.call(
                "GET", "/api/v1/buffers", query={"place": place, "zone": zone, "limit": limit, "cursor": cursor}
            ),
        )

    def set_buffers(self, sent: "BuffersGiven", *, token: str | None = None) -> BuffersSet:
        """Set buffers, new ones and those that are there."""
        return cast("BuffersSet", self.call("PUT", "/api/v1/buffers", sent=sent, token=token))

    def propose_buffers(self, sent: "PlaceGiven", *, token: str | None = None) -> BuffersSet:
        """Reckon the buffers that a place lacks from what went in ninety days."""
        return cast("BuffersSet", self.call("POST", "/api/v1/buffers/propose", sent=sent, token=token))

    def drop_buffer(self, buffer: str, *, token: str | None = None) -> None:
        """Keep no buffer of it any more."""
        self.call("DELETE", f"/api/v1/buffers/{_quoted(buffer)}", token=token)

    def list_proposals(self, *, place: str | None = None) -> ProposalList:
        """List what buffers ask for, with the reasons."""
        return cast("ProposalList", self.call("GET", "/api/v1/replenishment", query={"place": place}))

    def order_proposed(self, sent: "OrderGiven", *, token: str | None = None) -> Ordered:
        """Make purchase orders and transfers of what is proposed."""
        return cast("Ordered", self.call("POST", "/api/v1/replenishment/order", sent=sent, token=token))

    def list_lost_sales(
        self,
        *,
        days: int | None = None,
        place: str | None = None,
        cause: Literal["", "short", "off_sale", "late", "dear"] | None = None,
    ) -> LostList:
        """List lost sales by goods, places and causes."""
        return cast(
            "LostList", self.call("GET", "/api/v1/lost-sales", query={"days": days, "place": place, "cause": cause})
        )

    def lose_sale(self, sent: "LostGiven", *, token: str | None = None) -> None:
        """Write down that somebody wanted what was not there."""
        self.call("POST", "/api/v1/lost-sales", sent=sent, token=token)

    def list_stock(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> StockList:
        """List what lies where, by the filters and orders of the screen."""
        return cast(
            "StockList",
            self.call(
                "GET",
                "/api/v1/stock",
                query={
                    "q": q,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    **{f"f.{code}": text for code, text in (filters or {}).items()},
                },
            ),
        )

    def get_stock(self, variant: str) -> Stock:
        """Show what there is of a variant."""
        return cast("Stock", self.call("GET", f"/api/v1/stock/{_quoted(variant)}"))

    def list_stock_moves(
        self,
        variant: str,
        *,
        place: str | None = None,
        paper: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> MoveList:
        """List how a variant moved."""
        return cast(
            "MoveList",
            self.call(
                "GET",
                f"/api/v1/stock/{_quoted(variant)}/moves",
                query={"place": place, "paper": paper, "limit": limit, "cursor": cursor},
            ),
        )

    def list_places(self) -> PlaceList:
        """List the places where goods lie."""
        return cast("PlaceList", self.call("GET", "/api/v1/places"))

    def add_place(self, sent: "PlaceGiven", *, token: str | None = None) -> Place:
        """Add a place."""
        return cast("Place", self.call("POST", "/api/v1/places", sent=sent, token=token))

    def change_place(self, place: str, sent: "PlaceGiven", *, token: str | None = None) -> Place:
        """Change a place."""
        return cast("Place", self.call("PUT", f"/api/v1/places/{_quoted(place)}", sent=sent, token=token))

    def list_stock_papers(
        self,
        *,
        kind: Literal["purchase", "receipt", "transfer", "write_off", "back", "count"] | Literal[""] | None = None,
        state: Literal["draft", "open", "sent", "done", "cancelled"] | Literal["", "live"] | None = None,
        place: str | None = None,
        q: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> PaperList:
        """List papers of the stock."""
        return cast(
            "PaperList",
            self.call(
                "GET",
                "/api/v1/stock-papers",
                query={"kind": kind, "state": state, "place": place, "q": q, "limit": limit, "cursor": cursor},
            ),
        )

    def make_stock_paper(self, sent: "PaperGiven", *, token: str | None = None) -> Paper:
        """Make a paper of the stock."""
        return cast("Paper", self.call("POST", "/api/v1/stock-papers", sent=sent, token=token))

    def get_stock_paper(self, paper: str) -> Paper:
        """Show a paper of the stock with its lines."""
        return cast("Paper", self.call("GET", f"/api/v1/stock-papers/{_quoted(paper)}"))

    def write_stock_lines(self, paper: str, sent: "LinesGiven", *, token: str | None = None) -> Paper:
        """Write how many a paper is about."""
        return cast("Paper", self.call("PUT", f"/api/v1/stock-papers/{_quoted(paper)}/lines", sent=sent, token=token))

    def read_stock_paper(self, paper: str, sent: "ReadingsGiven", *, token: str | None = None) -> ReadingsDone:
        """Add readings of a scanner to a paper."""
        return cast(
            "ReadingsDone",
            self.call("POST", f"/api/v1/stock-papers/{_quoted(paper)}/readings", sent=sent, token=token),
        )

    def finish_stock_paper(self, paper: str, sent: "FinishGiven", *, token: str | None = None) -> Finished:
        """Do what a paper says."""
        return cast(
            "Finished", self.call("POST", f"/api/v1/stock-papers/{_quoted(paper)}/finish", sent=sent, token=token)
        )

    def cancel_stock_paper(self, paper: str, *, token: str | None = None) -> None:
        """Cancel a paper that has moved nothing."""
        self.call("POST", f"/api/v1/stock-papers/{_quoted(paper)}/cancel", token=token)

    def plan_stock_count(self, paper: str, *, token: str | None = None) -> Planned:
        """Put all goods of its place on a count."""
        return cast("Planned", self.call("POST", f"/api/v1/stock-papers/{_quoted(paper)}/plan", token=token))

    def report_funnel(
        self,
        *,
        period: Literal["", "month", "last-month", "week", "quarter", "own"] | None = None,
        first: str | None = None,
        last: str | None = None,
        against: Literal["", "before", "year", "own"] | None = None,
        against_first: str | None = None,
        against_last: str | None = None,
        pipeline: str | None = None,
        manager: str | None = None,
        source: str | None = None,
        category: str | None = None,
        product: str | None = None,
    ) -> FunnelReport:
        """Report the funnel of a pipeline: conversion, time and losses by stage, in two periods."""
        return cast(
            "FunnelReport",
            self.call(
                "GET",
                "/api/v1/reports/funnel",
                query={
                    "period": period,
                    "first": first,
                    "last": last,
                    "against": against,
                    "against_first": against_first,
                    "against_last": against_last,
                    "pipeline": pipeline,
                    "manager": manager,
                    "source": source,
                    "category": category,
                    "product": product,
                },
            ),
        )

    def report_managers(
        self,
        *,
        period: Literal["", "month", "last-month", "week", "quarter", "own"] | None = None,
        first: str | None = None,
        last: str | None = None,
        against: Literal["", "before", "year", "own"] | None = None,
        against_first: str | None = None,
        against_last: str | None = None,
        pipeline: str | None = None,
        manager: str | None = None,
        source: str | None = None,
    ) -> ManagersReport:
        """Report the work of managers in two periods."""
        return cast(
            "ManagersReport",
            self.call(
                "GET",
                "/api/v1/reports/managers",
                query={
                    "period": period,
                    "first": first,
                    "last": last,
                    "against": against,
                    "against_first": against_first,
                    "against_last": against_last,
                    "pipeline": pipeline,
                    "manager": manager,
                    "source": source,
                },
            ),
        )

    def list_imports(self) -> ImportList:
        """List the latest imports."""
        return cast("ImportList", self.call("GET", "/api/v1/imports"))

    def upload_import(self, file: tuple[str, bytes], *, token: str | None = None) -> Import:
        """Upload a file of clients; its columns are recognised."""
        return cast("Import", self.call("POST", "/api/v1/imports", files=[file], token=token))

    def get_import(self, run: str) -> Import:
        """Show how far an import has come."""
        return cast("Import", self.call("GET", f"/api/v1/imports/{_quoted(run)}"))

    def drop_import(self, run: str, *, token: str | None = None) -> None:
        """Forget an import that has loaded nothing."""
        self.call("DELETE", f"/api/v1/imports/{_quoted(run)}", token=token)

    def choose_columns(self, run: str, sent: "ColumnsGiven", *, token: str | None = None) -> Import:
        """Say what the columns mean; the whole file is then checked."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/columns", sent=sent, token=token))

    def start_import(self, run: str, *, token: str | None = None) -> Import:
        """Load the checked file in the background."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/start", token=token))

    def pause_import(self, run: str, *, token: str | None = None) -> Import:
        """Stop a loading, to go on later."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/pause", token=token))

    def resume_import(self, run: str, *, token: str | None = None) -> Import:
        """Go on with a paused or failed loading."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/resume", token=token))

    def undo_import(self, run: str, *, token: str | None = None) -> Import:
        """Take a loading back."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/undo", token=token))

    def get_rejected(self, run: str) -> bytes:
        """Take the file of rejected rows."""
        return cast("bytes", self.call("GET", f"/api/v1/imports/{_quoted(run)}/rejected"))

    def choose_sheet(self, run: str, sent: "SheetGiven", *, token: str | None = None) -> Import:
        """Look at another sheet of an import's file."""
        return cast("Import", self.call("POST", f"/api/v1/imports/{_quoted(run)}/sheet", sent=sent, token=token))

    def list_questions(self, run: str, *, limit: int | None = None, cursor: str | None = None) -> QuestionList:
        """List the rows that may be of clients who are there already."""
        return cast(
            "QuestionList",
            self.call("GET", f"/api/v1/imports/{_quoted(run)}/questions", query={"limit": limit, "cursor": cursor}),
        )

    def answer_question(self, run: str, row: int, sent: "AnswerGiven", *, token: str | None = None) -> Import:
        """Answer whose a doubtful row is."""
        return cast(
            "Import",
            self.call("POST", f"/api/v1/imports/{_quoted(run)}/questions/{_quoted(row)}", sent=sent, token=token),
        )

    def get_deals_offer(self, run: str) -> DealsOffer:
        """Show how many clients of an import have no deal."""
        return cast("DealsOffer", self.call("GET", f"/api/v1/imports/{_quoted(run)}/deals"))

    def open_deals(self, run: str, sent: "DealsGiven", *, token: str | None = None) -> DealsOffer:
        """Open deals for the clients of an import in the background, spread over days."""
        return cast("DealsOffer", self.call("POST", f"/api/v1/imports/{_quoted(run)}/deals", sent=sent, token=token))

    def get_company(self) -> CompanySettings:
        """Show all settings of the company."""
        return cast("CompanySettings", self.call("GET", "/api/v1/company"))

    def change_company(self, sent: "CompanyChanges", *, token: str | None = None) -> CompanySettings:
        """Change settings of the company."""
        return cast("CompanySettings", self.call("PATCH", "/api/v1/company", sent=sent, token=token))

    def renew_form(self, *, token: str | None = None) -> CompanySettings:
        """Give the form of sites a new address; the old one takes nothing any more."""
        return cast("CompanySettings", self.call("POST", "/api/v1/company/form-key", token=token))

    def get_inbox_settings(self) -> InboxSettings:
        """Show which requests wait to be sorted, and who is blocked."""
        return cast("InboxSettings", self.call("GET", "/api/v1/company/inbox"))

    def change_inbox_settings(self, sent: "InboxChanges", *, token: str | None = None) -> InboxSettings:
        """Say which requests wait to be sorted."""
        return cast("InboxSettings", self.call("PATCH", "/api/v1/company/inbox", sent=sent, token=token))

    def unblock_sender(self, blocked: str, *, token: str | None = None) -> None:
        """Take from a blocked sender again."""
        self.call("DELETE", f"/api/v1/company/blocked/{_quoted(blocked)}", token=token)

    def list_trades(self) -> TradeList:
        """List the trades that the company may be set up for at once."""
        return cast("TradeList", self.call("GET", "/api/v1/company/trades"))

    def choose_trade(self, sent: "TradeGiven", *, token: str | None = None) -> TradeList:
        """Set the company up for a trade, before its first deal."""
        return cast("TradeList", self.call("POST", "/api/v1/company/trade", sent=sent, token=token))

    def list_exports(self, *, cursor: str | None = None) -> TakenList:
        """Read the log of what left the company as files."""
        return cast("TakenList", self.call("GET", "/api/v1/company/exports", query={"cursor": cursor}))

    def list_employees(self, *, state: Literal["active", "all"] | None = None) -> EmployeeList:
        """List the employees."""
        return cast("EmployeeList", self.call("GET", "/api/v1/employees", query={"state": state}))

    def invite_employee(self, sent: "NewEmployee", *, token: str | None = None) -> Invited:
        """Invite an employee."""
        return cast("Invited", self.call("POST", "/api/v1/employees", sent=sent, token=token))

    def get_employee(self, employee: str) -> Employee:
        """Show an employee."""
        return cast("Employee", self.call("GET", f"/api/v1/employees/{_quoted(employee)}"))

    def change_employee(self, employee: str, sent: "EmployeeChanges", *, token: str | None = None) -> Employee:
        """Change an employee: his name, role, team, zone, how he takes clients."""
        return cast("Employee", self.call("PATCH", f"/api/v1/employees/{_quoted(employee)}", sent=sent, token=token))

    def dismiss_employee(self, employee: str, *, token: str | None = None) -> Employee:
        """Dismiss an employee: his sessions and keys end at once."""
        return cast("Employee", self.call("POST", f"/api/v1/employees/{_quoted(employee)}/dismiss", token=token))

    def return_employee(self, employee: str, *, token: str | None = None) -> Invited:
        """Take a dismissed employee back."""
        return cast("Invited", self.call("POST", f"/api/v1/employees/{_quoted(employee)}/return", token=token))

    def invite_again(self, employee: str, *, token: str | None = None) -> Invited:
        """Make a new link for an employee who has not joined yet."""
        return cast("Invited", self.call("POST", f"/api/v1/employees/{_quoted(employee)}/invite", token=token))

    def plan_hand_over(
        self, employee: str, *, way: Literal["rules", "pool", "person"] | None = None, to: str | None = None
    ) -> HandOverPlan:
        """Look at what handing over everything open of an employee would do."""
        return cast(
            "HandOverPlan",
            self.call("GET", f"/api/v1/employees/{_quoted(employee)}/hand-over", query={"way": way, "to": to}),
        )

    def hand_over(self, employee: str, sent: "HandOverGiven", *, token: str | None = None) -> HandOver:
        """Hand over everything open of an employee."""
        return cast(
            "HandOver", self.call("POST", f"/api/v1/employees/{_quoted(employee)}/hand-over", sent=sent, token=token)
        )

    def list_hand_overs(self, employee: str) -> HandOverList:
        """List what was handed over from an employee."""
        return cast("HandOverList", self.call("GET", f"/api/v1/employees/{_quoted(employee)}/hand-overs"))

    def undo_hand_over(self, hand_over: str, *, token: str | None = None) -> HandOverUndone:
        """Give back what was handed over."""
        return cast("HandOverUndone", self.call("POST", f"/api/v1/hand-overs/{_quoted(hand_over)}/undo", token=token))

    def list_teams(self) -> TeamList:
        """List the teams."""
        return cast("TeamList", self.call("GET", "/api/v1/teams"))

    def add_team(self, sent: "NewTeam", *, token: str | None = None) -> Team:
        """Make a team."""
        return cast("Team", self.call("POST", "/api/v1/teams", sent=sent, token=token))

    def list_roles(self) -> RoleList:
        """List the roles with what each may do."""
        return cast("RoleList", self.call("GET", "/api/v1/roles"))

    def make_role(self, sent: "NewRole", *, token: str | None = None) -> Role:
        """Make a role like another one."""
        return cast("Role", self.call("POST", "/api/v1/roles", sent=sent, token=token))

    def get_role(self, role: str) -> Role:
        """Show a role."""
        return cast("Role", self.call("GET", f"/api/v1/roles/{_quoted(role)}"))

    def change_role(self, role: str, sent: "RoleChanges", *, token: str | None = None) -> Role:
        """Change a role: its name, rights, hidden fields, what it leaves out."""
        return cast("Role", self.call("PATCH", f"/api/v1/roles/{_quoted(role)}", sent=sent, token=token))

    def delete_role(self, role: str, sent: "RoleEnd", *, token: str | None = None) -> RoleEnded:
        """Delete a role; its people get another one."""
        return cast("RoleEnded", self.call("POST", f"/api/v1/roles/{_quoted(role)}/delete", sent=sent, token=token))

    def list_rights(self) -> RightList:
        """List the rights, fields, modules and buttons that roles are made of."""
        return cast("RightList", self.call("GET", "/api/v1/rights"))

    def get_week(self, whose: str) -> Week:
        """Show the working week of the company or an employee."""
        return cast("Week", self.call("GET", f"/api/v1/hours/{_quoted(whose)}"))

    def set_week(self, whose: str, sent: "WeekGiven", *, token: str | None = None) -> Week:
        """Set the working week of the company or an employee."""
        return cast("Week", self.call("PUT", f"/api/v1/hours/{_quoted(whose)}", sent=sent, token=token))

    def follow_company_week(self, whose: str, *, token: str | None = None) -> None:
        """Let an employee work by the week of the company again."""
        self.call("DELETE", f"/api/v1/hours/{_quoted(whose)}", token=token)

    def list_days(self, whose: str, *, year: int | None = None) -> DayList:
        """List the single days off, and worked ones, of a year."""
        return cast("DayList", self.call("GET", f"/api/v1/hours/{_quoted(whose)}/days", query={"year": year}))

    def set_day(self, whose: str, on: str, sent: "DayGiven", *, token: str | None = None) -> Day:
        """Say of one day whether it is worked."""
        return cast(
            "Day", self.call("PUT", f"/api/v1/hours/{_quoted(whose)}/days/{_quoted(on)}", sent=sent, token=token)
        )

    def forget_day(self, whose: str, on: str, *, token: str | None = None) -> None:
        """Let the week decide on a day again."""
        self.call("DELETE", f"/api/v1/hours/{_quoted(whose)}/days/{_quoted(on)}", token=token)

    def list_leaves(self, whose: str, *, since: str | None = None) -> LeaveList:
        """List vacations and other days off in a row that have not ended."""
        return cast("LeaveList", self.call("GET", f"/api/v1/hours/{_quoted(whose)}/leaves", query={"since": since}))

    def add_leave(self, whose: str, sent: "LeaveGiven", *, token: str | None = None) -> Leave:
        """Note a vacation or other days off in a row."""
        return cast("Leave", self.call("POST", f"/api/v1/hours/{_quoted(whose)}/leaves", sent=sent, token=token))

    def drop_leave(self, leave: str, *, token: str | None = None) -> None:
        """Take a vacation or other days off back."""
        self.call("DELETE", f"/api/v1/leaves/{_quoted(leave)}", token=token)

    def load_holidays(self, sent: "HolidaysGiven", *, token: str | None = None) -> HolidaysLoaded:
        """Load the public holidays of Russia for a year."""
        return cast("HolidaysLoaded", self.call("POST", "/api/v1/holidays", sent=sent, token=token))

    def list_events(
        self,
        *,
        types: str | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> EventList:
        """Read the event log forwards."""
        return cast(
            "EventList",
            self.call(
                "GET", "/api/v1/events", query={"types": types, "since": since, "limit": limit, "cursor": cursor}
            ),
        )

    def list_event_kinds(self) -> EventKindList:
        """List the kinds of events with what each carries."""
        return cast("EventKindList", self.call("GET", "/api/v1/events/kinds"))

    def list_webhooks(self) -> WebhookList:
        """List the webhooks."""
        return cast("WebhookList", self.call("GET", "/api/v1/webhooks"))

    def add_webhook(self, sent: "NewWebhook", *, token: str | None = None) -> WebhookWithSecret:
        """Add a webhook; its secret is told here only."""
        return cast("WebhookWithSecret", self.call("POST", "/api/v1/webhooks", sent=sent, token=token))

    def get_webhook(self, webhook: str) -> Webhook:
        """Show a webhook."""
        return cast("Webhook", self.call("GET", f"/api/v1/webhooks/{_quoted(webhook)}"))

    def change_webhook(self, webhook: str, sent: "WebhookChanges", *, token: str | None = None) -> Webhook:
        """Change, pause or resume a webhook."""
        return cast("Webhook", self.call("PATCH", f"/api/v1/webhooks/{_quoted(webhook)}", sent=sent, token=token))

    def remove_webhook(self, webhook: str, *, token: str | None = None) -> None:
        """Remove a webhook."""
        self.call("DELETE", f"/api/v1/webhooks/{_quoted(webhook)}", token=token)

    def rotate_secret(self, webhook: str, *, token: str | None = None) -> WebhookWithSecret:
        """Renew a webhook's secret; the old one signs for another day."""
        return cast(
            "WebhookWithSecret", self.call("POST", f"/api/v1/webhooks/{_quoted(webhook)}/rotate", token=token)
        )

    def send_test(self, webhook: str, *, token: str | None = None) -> Delivery:
        """Send a test message."""
        return cast("Delivery", self.call("POST", f"/api/v1/webhooks/{_quoted(webhook)}/test", token=token))

    def list_deliveries(
        self,
        webhook: str,
        *,
        state: Literal["", "waiting", "sending", "sent", "failed", "cancelled"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> DeliveryList:
        """List what was sent to a webhook."""
        return cast(
            "DeliveryList",
            self.call(
                "GET",
                f"/api/v1/webhooks/{_quoted(webhook)}/deliveries",
                query={"state": state, "limit": limit, "cursor": cursor},
            ),
        )

    def get_delivery(self, webhook: str, delivery: str) -> DeliveryDetail:
        """Show a message with every try and what was answered."""
        return cast(
            "DeliveryDetail", self.call("GET", f"/api/v1/webhooks/{_quoted(webhook)}/deliveries/{_quoted(delivery)}")
        )

    def replay_deliveries(self, webhook: str, sent: "ReplayGiven", *, token: str | None = None) -> Replayed:
        """Send messages once more: those named, or all that were given up."""
        return cast(
            "Replayed", self.call("POST", f"/api/v1/webhooks/{_quoted(webhook)}/replay", sent=sent, token=token)
        )
