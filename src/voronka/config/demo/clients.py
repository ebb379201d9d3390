"""The clients of the demo: people and organisations from Kaliningrad to Kamchatka, with what is known of them."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from voronka.accounts.models import Company
from voronka.config.demo import words
from voronka.config.demo.book import Book, Ids
from voronka.config.demo.places import Numbers, Place, inn_of_firm, inn_of_person, ogrn_of_firm, places
from voronka.people.events import ClientCreated, ConsentRecorded, LeadReceived, NoteAdded
from voronka.people.models import Client, Consent, ContactPerson, ContactPoint, MatchKey, Note, Touch
from voronka.people.rules.names import name_key
from voronka.people.services.cards import ContactValue, match_keys

WEST_EVENING = {"Europe/Moscow": (17 * 60, 24 * 60), "Europe/Kaliningrad": (16 * 60, 23 * 60)}
LEAD_SHARE, FIRM_SHARE = 0.6, 0.1
_SIGNING = ("kind", "name", "name_key", "last_name", "first_name", "middle_name", "birthday", "city", "inn")
_ROUND_THE_CLOCK_FIRMS = ("Кафе", "Гостиница", "Медцентр")


@dataclass(slots=True)
class Crowd:
    """Makes clients one after another; the same seed makes the same people."""

    book: Book
    company: Company
    chance: random.Random
    now: datetime
    ids: Ids = field(default_factory=lambda: Ids(Client))
    touch_ids: Ids = field(default_factory=lambda: Ids(Touch))
    note_ids: Ids = field(default_factory=lambda: Ids(Note))
    numbers: Numbers = field(init=False)
    _mails: set[str] = field(default_factory=set)
    _firm_names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.chance)

    def person(self, place: Place, made_at: datetime) -> Client:
        """Make a person with phone and mail; he may be a sole trader, a VIP, or at work all day."""
        chance = self.chance
        is_woman = chance.random() < 0.56
        first = chance.choice(words.WOMEN if is_woman else words.MEN)
        last, father = chance.choice(words.SURNAMES), chance.choice(words.FATHERS)
        if is_woman:
            last, father = words.of_woman(last), words.patronymic_of_woman(father)
        middle = father if chance.random() < 0.7 else ""
        client = self._card(place, made_at)
        client.kind = Client.Kind.PERSON
        client.last_name, client.first_name, client.middle_name = last, first, middle
        client.name = " ".join(filter(None, (last, first, middle)))
        client.gender = "f" if is_woman else "m"
        if chance.random() < 0.3:
            client.birthday = date(chance.randint(1956, 2003), chance.randint(1, 12), chance.randint(1, 28))
        if chance.random() < 0.03:
            client.inn = inn_of_person(chance)
        if place.zone in WEST_EVENING and chance.random() < 0.12:
            client.call_opens_minute, client.call_closes_minute = WEST_EVENING[place.zone]
            client.comment = words.EVENINGS
        self._phone(client, place)
        if chance.random() < 0.75:
            self._mail(client, f"{_latin(first)}.{_latin(last)}")
        return client

    def firm(self, place: Place, made_at: datetime) -> Client:
        """Make an organisation with its requisites; some answer round the clock."""
        chance = self.chance
        kind, names = chance.choice(words.FIRMS)
        while True:
            own = chance.choice(names) + chance.choice(words.CITY_MARKS)
            name = f"ООО «{own}»" if kind == "Застройщик" else f"{kind} «{own}»"
            if name not in self._firm_names or chance.random() < 0.1:
                self._firm_names.add(name)
                break
        client = self._card(place, made_at)
        client.kind, client.name = Client.Kind.ORGANISATION, name
        client.inn, client.ogrn = inn_of_firm(chance), ogrn_of_firm(chance)
        client.kpp = client.inn[:4] + "01001"
        if kind in _ROUND_THE_CLOCK_FIRMS:
            client.call_opens_minute, client.call_closes_minute = 0, 1440
            client.comment = words.ROUND_THE_CLOCK
        self._phone(client, place)
        self._mail(client, "zakaz")
        return client

    def lead(self, client: Client, at: datetime) -> None:
        """Let the client have come by himself: a touch from some source, consents, the event of a lead."""
        chance = self.chance
        source, medium, campaign = chance.choices(words.SOURCES, (26, 16, 18, 14, 12, 8, 6))[0]
        channel = "hand" if medium in ("referral", "maps") else "form"
        client.first_source = source
        touch = Touch(
            id=self.touch_ids.take(),
            company_id=self.company.pk,
            client=client,
            at=at,
            channel=channel,
            source=source,
            medium=medium,
            campaign=campaign,
            page="https://ladnaya.example.ru/raschet" if channel == "form" else "",
            message=chance.choice(words.MESSAGES) if chance.random() < 0.6 else "",
        )
        self.book.touches.append(touch)
        self.book.say(at, ClientCreated(client_id=client.pk, channel=channel))
        self.book.say(at, LeadReceived(client_id=client.pk, touch_id=touch.pk, channel=channel, is_new_client=True))
        if channel == "form":
            self._consent(client, "personal_data", "any", at)
            if chance.random() < 0.5:
                self._consent(client, "advertising", "email", at)

    def known(self, client: Client) -> None:
        """Let the client have been with the company before: what he bought, a touch by hand or from an old list."""
        chance = self.chance
        client.first_source = chance.choice(words.SOURCES)[0]
        channel = "import" if chance.random() < 0.6 else "hand"
        self.book.touches.append(
            Touch(
                id=self.touch_ids.take(),
                company_id=self.company.pk,
                client=client,
                at=client.made_at,
                channel=channel,
                source=client.first_source,
            )
        )
        self.book.say(client.made_at, ClientCreated(client_id=client.pk, channel=channel))
        if chance.random() < 0.7:
            client.purchases_sum = Decimal(chance.randrange(45, 900) * 1000)
        if chance.random() < 0.45:
            self._consent(client, "personal_data", "any", client.made_at)

    def note(self, client: Client, author_id: int, at: datetime) -> None:
        """Write a note of an employee on the card."""
        note = Note(
            id=self.note_ids.take(),
            company_id=self.company.pk,
            client=client,
            author_id=author_id,
            text=self.chance.choice(words.NOTES),
            at=at,
        )
        self.book.notes.append(note)
        self.book.say(at, NoteAdded(client_id=client.pk, note_id=note.pk), employee_id=author_id)

    def speaks_for(self, firm: Client, person: Client) -> None:
        """Let a person speak for an organisation."""
        self.book.persons.append(
            ContactPerson(
                company_id=self.company.pk,
                organisation=firm,
                person=person,
                position=self.chance.choice(("директор", "закупки", "администратор", "дизайнер")),
            )
        )

    def sign(self) -> None:
        """Give every card the signs by which duplicates are found, as the product does when one is made."""
        contacts: dict[int, list[ContactValue]] = {}
        for one in self.book.contacts:
            contacts.setdefault(one.client_id, []).append(ContactValue(one.kind, one.value, one.raw))
        for client in self.book.clients:
            client.name_key = name_key(client.name)[:300]
            values = {name: getattr(client, name) for name in _SIGNING}
            self.book.keys += [
                MatchKey(company_id=self.company.pk, client=client, key=key)
                for key in sorted(match_keys(values, contacts.get(client.pk, ())))
            ]

    def _card(self, place: Place, made_at: datetime) -> Client:
        chance = self.chance
        client = Client(
            id=self.ids.take(),
            company_id=self.company.pk,
            city=place.city,
            zone=place.zone,
            zone_source="address",
            zone_sure=True,
            is_vip=chance.random() < 0.04,
            made_at=made_at,
            comment=chance.choice(words.COMMENTS),
            fields=self._fields(made_at),
        )
        if chance.random() < 0.6:
            client.address = f"{place.city}, ул. {chance.choice(words.STREETS)}, {chance.randint(1, 120)}"
        self.book.clients.append(client)
        return client

    def _fields(self, made_at: datetime) -> dict[str, object]:
        chance, found = self.chance, dict[str, object]()
        if chance.random() < 0.6:
            found["budget"] = f"{chance.randrange(80, 900, 10) * 1000}.00"
        if chance.random() < 0.55:
            found["sizes"] = f"{chance.randrange(18, 48) / 10:.1f} × {chance.randrange(16, 34) / 10:.1f} м".replace(
                ".", ","
            )
        if chance.random() < 0.4:
            found["due"] = (made_at + timedelta(days=chance.randint(25, 140))).date().isoformat()
        if chance.random() < 0.5:
            found["style"] = chance.choice(words.STYLES)
        if chance.random() < 0.3:
            found["front"] = chance.choice(words.FRONTS)
        if chance.random() < 0.35:
            found["measured"] = chance.random() < 0.5
        return found

    def _phone(self, client: Client, place: Place) -> None:
        for position in range(2 if self.chance.random() < 0.15 else 1):
            value = self.numbers.mobile(place)
            raw = f"8 ({value[2:5]}) {value[5:8]}-{value[8:10]}-{value[10:]}"
            self._contact(client, ContactPoint.Kind.PHONE, value, raw, position)

    def _mail(self, client: Client, name: str) -> None:
        value, number = f"{name}@example.ru", 1
        while value in self._mails:
            number += 1
            value = f"{name}{number}@example.ru"
        self._mails.add(value)
        self._contact(client, ContactPoint.Kind.EMAIL, value, value, 5)

    def _contact(self, client: Client, kind: str, value: str, raw: str, position: int) -> None:
        self.book.contacts.append(
            ContactPoint(
                company_id=self.company.pk, client=client, kind=kind, value=value, raw=raw, position=position
            )
        )

    def _consent(self, client: Client, purpose: str, channel: str, at: datetime) -> None:
        self.book.consents.append(
            Consent(
                company_id=self.company.pk,
                client=client,
                purpose=purpose,
                channel=channel,
                given=True,
                at=at,
                text_version="2026-01",
                source="форма расчёта на сайте",
            )
        )
        self.book.say(at, ConsentRecorded(client_id=client.pk, purpose=purpose, channel=channel, given=True))


def make_crowd(crowd: Crowd, count: int, begin: datetime) -> tuple[list[Client], list[Client]]:
    """Make `count` clients; return those who were there before `begin`, and those who came since, by arrival."""
    chance = crowd.chance
    cities, shares = places()
    old: list[Client] = []
    leads: list[Client] = []
    span = (crowd.now - begin).total_seconds()
    # Every city is met: zones do not depend on luck, in a small demo either.
    spots = [*cities, *chance.choices(cities, shares, k=max(count - len(cities), 0))][:count]
    chance.shuffle(spots)
    at = 0
    while at < len(spots):
        place = spots[at]
        is_lead = chance.random() < LEAD_SHARE
        made = _daytime(begin + timedelta(seconds=chance.random() * span), place.zone, chance)
        if not is_lead or made > crowd.now - timedelta(minutes=30):
            is_lead = False
            made = _daytime(begin - timedelta(days=chance.randint(20, 800)), place.zone, chance)
        is_firm = chance.random() < FIRM_SHARE
        client = crowd.firm(place, made) if is_firm else crowd.person(place, made)
        if is_lead:
            crowd.lead(client, made)
        else:
            crowd.known(client)
        (leads if is_lead else old).append(client)
        at += 1
        if is_firm and at < len(spots):
            person = crowd.person(place, made)
            crowd.known(person)
            crowd.speaks_for(client, person)
            at += 1
    return old, sorted(leads, key=lambda one: one.made_at)


def _daytime(at: datetime, zone: str, chance: random.Random) -> datetime:
    """Return a moment of the same local day between eight and half past ten in the evening."""
    local = at.astimezone(ZoneInfo(zone)).replace(
        hour=chance.choices(range(8, 23), (2, 4, 6, 7, 7, 6, 6, 6, 6, 6, 7, 8, 8, 6, 3))[0],
        minute=chance.randrange(60),
        second=chance.randrange(60),
        microsecond=0,
    )
    return local.astimezone(at.tzinfo)


_SOUNDS = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch - y - e yu ya"
_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _SOUNDS.split(" "), strict=True))


def _latin(word: str) -> str:
    return "".join(_LATIN.get(sign, "") for sign in word.lower()).replace("-", "")
