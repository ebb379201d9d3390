"""The company of the pictures: invented people whose clocks stand well at the moment of shooting.

Pages show the real time, so the zones are chosen by it: the manager is near noon, the clients are by day, at dusk
and at night. Everything is made by the verbs of the product.
"""

import os
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from voronka.deals.models import Deal

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src"), str(Path(__file__).resolve().parent)]

from screens_leads import fill_leads  # noqa: E402
from screens_people import PASSWORD, fill_people  # noqa: E402
from screens_workday import fill_workday  # noqa: E402

# Zones with a city, Russian ones first: west to east, then the rest of the world for the other half of the day.
CITIES = [
    ("Europe/Kaliningrad", "Калининград", "Kaliningrad", "+7401"),
    ("Europe/Moscow", "Москва", "Moscow", "+7495"),
    ("Europe/Samara", "Самара", "Samara", "+7846"),
    ("Asia/Yekaterinburg", "Екатеринбург", "Yekaterinburg", "+7343"),
    ("Asia/Omsk", "Омск", "Omsk", "+7381"),
    ("Asia/Krasnoyarsk", "Красноярск", "Krasnoyarsk", "+7391"),
    ("Asia/Irkutsk", "Иркутск", "Irkutsk", "+7395"),
    ("Asia/Yakutsk", "Якутск", "Yakutsk", "+7411"),
    ("Asia/Vladivostok", "Владивосток", "Vladivostok", "+7423"),
    ("Asia/Magadan", "Магадан", "Magadan", "+7413"),
    ("Asia/Kamchatka", "Петропавловск-Камчатский", "Petropavlovsk-Kamchatsky", "+7415"),
    ("Pacific/Auckland", "Окленд", "Auckland", "+6491"),
    ("Europe/London", "Лондон", "London", "+4420"),
    ("America/Sao_Paulo", "Сан-Паулу", "São Paulo", "+5511"),
    ("America/New_York", "Нью-Йорк", "New York", "+1212"),
    ("America/Denver", "Денвер", "Denver", "+1303"),
    ("America/Los_Angeles", "Лос-Анджелес", "Los Angeles", "+1213"),
    ("Pacific/Honolulu", "Гонолулу", "Honolulu", "+1808"),
]


def near_hour(hour: float, now: datetime, *, besides: str = "") -> tuple[str, str, str, str]:
    """Return the city whose clock stands nearest to an hour of the day, a Russian one where it is good enough."""

    def away(city: tuple[str, str, str, str]) -> float:
        local = now.astimezone(ZoneInfo(city[0]))
        far = abs(local.hour + local.minute / 60 - hour)
        return min(far, 24 - far)

    ranked = sorted((one for one in CITIES if one[0] != besides), key=lambda one: (away(one), CITIES.index(one)))
    return next((one for one in ranked if one in CITIES[:11] and away(one) <= 2.5), ranked[0])


@dataclass(frozen=True)
class Story:
    """A client: name and deal in both languages, his hour now, what was pressed how many minutes ago."""

    name: tuple[str, str]
    hour: float
    deal: tuple[str, str] = ("", "")
    amount: int | None = None
    vip: bool = False
    bought: int | None = None
    since: int = 0  # minutes ago
    presses: tuple[tuple[int, str, str, tuple[str, str]], ...] = ()  # minutes ago, button, outcome, comment
    due: int | None = None  # a promised call, minutes from now
    source: tuple[str, str] = ("с сайта", "from the site")
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)


STORIES = [
    Story(
        ("Смирнова Анна Петровна", "Anna Smirnova"),
        16,
        ("Кухня «Лофт», угловая, дуб", "“Loft” corner kitchen, oak"),
        184_000,
        vip=True,
        bought=612_400,
        since=3 * 1440,
        presses=(
            (3 * 1440 - 8, "miss", "silent", ("", "")),
            (2 * 1440 + 100, "next", "", ("", "")),
            (1440 + 40, "miss", "busy", ("", "")),
        ),
        due=-4,
        fields={
            "address": ("ул. Ладо Кецховели, 22, кв. 84", "22 Kirov street, 84"),
            "size": ("2,4 × 3,1 м, угол левый", "2.4 × 3.1 m, left corner"),
            "top": ("дуб, 38 мм", "oak, 38 mm"),
        },
    ),
    Story(
        ("Ким Евгений", "Eugene Kim"),
        19,
        ("Кухня «Сканди»", "“Scandi” kitchen"),
        146_000,
        since=130,
        due=6,
        presses=((100, "think", "", ("", "")),),
    ),
    Story(
        ("Громов Павел Андреевич", "Paul Gromov"),
        2.7,
        ("Гардеробная «Норд»", "“Nord” wardrobe"),
        327_600,
        bought=58_300,
        since=2 * 1440,
        presses=((2 * 1440 - 30, "next", "", ("", "")), (1440, "next", "", ("", ""))),
        source=("по рекомендации", "by recommendation"),
    ),
    Story(
        ("Константинопольская-Задунайская Елизавета Вячеславовна", "Elizabeth Constantine-Danube"),
        14,
        (
            "Мебель в шесть комнат: шкафы «Терра» с зеркалами и подсветкой, вишня",
            "Furniture for six rooms: “Terra” wardrobes with mirrors, cherry",
        ),
        1_284_900,
        since=6,
        source=("с сайта: Яндекс", "from the site"),
    ),
    Story(("Лаптев Роман", "Roman Laptev"), 12, ("Шкаф-купе «Терра»", "“Terra” wardrobe"), 96_400, since=200),
    Story(
        ("ООО «Таёжный двор»", "Taiga Yard Ltd"),
        15,
        ("Оснащение гостиницы, 12 номеров", "Fitting out a hotel, 12 rooms"),
        2_410_000,
        since=300,
    ),
    Story(("Юсупов Ринат", "Rinat Yusupov"), 13, ("Гостиная «Сканди»", "“Scandi” living room"), 132_200, since=400),
]

FIELDS = [
    ("measure", "Дата замера", "Date of measuring"),
    ("address", "Адрес", "Address"),
    ("size", "Размеры", "Size"),
    ("top", "Столешница", "Worktop"),
    ("floor", "Этаж и лифт", "Floor and lift"),
]
OTHERS = (
    ("Орлов Денис", "Denis Orlov"),
    ("Лебедева Наталья", "Natalie Lebedeva"),
    ("Маслова Раиса", "Raisa Maslova"),
    ("Зайцев Игорь", "Igor Zaitsev"),
    ("Фролова Дарья", "Daria Frolova"),
    ("Белов Кирилл", "Cyril Belov"),
    ("Титова Вера", "Vera Titova"),
    ("Соколов Артём", "Artem Sokolov"),
    ("Гусева Алла", "Alla Guseva"),
    ("Панов Глеб", "Gleb Panov"),
    ("Крылова Инна", "Inna Krylova"),
    ("Дьячков Олег", "Oleg Dyachkov"),
)


def make_company(language: str, now: datetime) -> dict[str, str]:
    """Fill a company in one language; return the addresses of its pages by name."""
    from django.db import transaction
    from django.utils import translation

    from voronka.accounts import services as accounts
    from voronka.accounts.queries import find_actor
    from voronka.deals.services.shipped import ship
    from voronka.kit.tenancy import company_context

    mine = near_hour(12, now)
    company_id, owner_id = accounts.found_company(
        name=("Ладная кухня", "Handy Kitchen")[language == "en"],
        owner_email=f"{language}@example.com",
        password=PASSWORD,
        owner_name=("Ольга Ветрова", "Olga Vetrova")[language == "en"],
        zone=mine[0],
        language=language,
        now=now - timedelta(days=60),
    )
    with translation.override(language), company_context(company_id, employee_id=owner_id), transaction.atomic():
        actor = find_actor(company_id, owner_id)
        assert actor is not None
        ship(actor=actor, now=now - timedelta(days=60))
        addresses = _fill(actor, language, now, mine[0])
    with translation.override(language), company_context(company_id, employee_id=owner_id):
        addresses |= fill_people(actor, int(language == "en"), now, addresses["client"])
        with transaction.atomic():
            return addresses | fill_workday(actor, int(language == "en"), now, addresses["client"])


def _fill(actor: object, language: str, now: datetime, my_zone: str) -> dict[str, str]:
    from voronka.deals.models import Stage
    from voronka.people.models import ContactPoint, CustomField

    at = int(language == "en")
    for position, names in enumerate(FIELDS):
        CustomField.objects.create(code=names[0], name=names[1 + at], kind="text", position=position)
    _work_today(actor, at, now)
    stage = Stage.objects.get(pipeline__code="new_lead", position=1)
    addresses = {"editor": f"/settings/stages/{stage.public_id}/buttons/"}
    for story in STORIES:
        deal = _tell(actor, story, at, now, my_zone)
        addresses[story.name[0].split()[0]] = f"/deals/{deal.public_id}/"
        addresses["company"] = str(deal.company_id)
        addresses.setdefault("client", f"/clients/{deal.client.public_id}/")
    phone = ContactPoint.objects.filter(kind="phone", client__public_id=addresses["client"].split("/")[2]).first()
    return addresses | fill_leads(actor, at, now, phone.value if phone is not None else "")


def _client(actor: object, name: str, hour: float, at: int, now: datetime, my_zone: str, **more: object) -> int:
    from voronka.people.models import Client, ContactPoint

    zone, russian, english, code = near_hour(hour, now, besides=my_zone if hour != 12 else "")
    client = Client.objects.create(
        name=name,
        zone=zone,
        zone_source="phone",
        zone_sure=True,
        city=(russian, english)[at],
        **more,
    )
    ContactPoint.objects.create(client=client, kind="phone", value=f"{code}2{client.pk % 1_000_000:06d}"[:12])
    ContactPoint.objects.create(client=client, kind="email", value=f"client{client.pk}@example.com")
    return client.pk


def _tell(actor: object, story: Story, at: int, now: datetime, my_zone: str) -> "Deal":
    from voronka.deals import services as deals
    from voronka.deals.models import Deal

    client_id = _client(
        actor, story.name[at], story.hour, at, now, my_zone,
        is_vip=story.vip, purchases_sum=Decimal(story.bought) if story.bought else None,
        first_source=story.source[at], made_at=now - timedelta(days=900 if story.bought else 0, minutes=story.since),
        fields={code: words[at] for code, words in story.fields.items()},
    )  # fmt: skip
    deal = deals.open_deal(
        actor=actor,  # type: ignore[arg-type]
        client_id=client_id,
        now=now - timedelta(minutes=story.since),
        title=story.deal[at],
        amount=Decimal(story.amount) if story.amount else None,
    )
    for ago, button, outcome, _comment in story.presses:
        _press(actor, deal.public_id, button, outcome, now - timedelta(minutes=ago))
    if story.due is not None:
        when = now + timedelta(minutes=story.due)
        before = min(now - timedelta(minutes=20), when - timedelta(minutes=20))
        _press(actor, deal.public_id, "back", "", before, at=when)
    return Deal.objects.select_related("client").get(pk=deal.pk)


def _press(actor: object, deal: str, button: str, outcome: str, now: datetime, **answers: object) -> None:
    from voronka.deals import services as deals

    said = {key: value.isoformat() if isinstance(value, datetime) else str(value) for key, value in answers.items()}
    deals.press(
        actor=actor,  # type: ignore[arg-type]
        deal_public_id=deal,
        button=button,
        outcome=outcome or None,
        request_id=uuid.uuid4(),
        answers=said,
        now=now,
    )


def _work_today(actor: object, at: int, now: datetime) -> None:
    """Press as many buttons since the manager's morning as a good day has."""
    from voronka.deals import services as deals

    zone: ZoneInfo = actor.zone  # type: ignore[attr-defined]
    local = now.astimezone(zone)
    morning = max(local.replace(hour=9, minute=4), local - timedelta(hours=5))
    room = max(30, int((local - morning).total_seconds() // 60) - 45)
    ways = ["back", "miss", "next", "think", "miss", "back", "paid", "next", "refuse", "meet", "back", "think"]
    for n, names in enumerate(OTHERS):
        client_id = _client(actor, names[at], 14, at, now, "")
        deal = deals.open_deal(
            actor=actor,  # type: ignore[arg-type]
            client_id=client_id,
            now=(now - timedelta(days=1)),
            amount=Decimal(40_000 + 12_700 * n),
        )
        for turn in range(2):
            minute = (n * 2 + turn) * room // (len(OTHERS) * 2)
            way = ways[n] if turn else ("miss", "back")[n % 2]
            answers: dict[str, object] = {}
            if way in {"back", "meet"}:
                answers["at"] = now + timedelta(minutes=70 + 45 * (n % 7), days=n // 9)
            if way == "paid":
                answers["sum"] = "96400"
            if way == "refuse":
                answers["reason"] = "price"
            _press(actor, deal.public_id, way, "", (morning + timedelta(minutes=minute)).astimezone(UTC), **answers)


def finish_days(company_ids: list[int]) -> None:
    """Close nothing and lose nothing: every open task of the companies waits for tomorrow."""
    from django.db import transaction

    from voronka.kit.tenancy import company_context
    from voronka.work.models import Lease, Task

    for company_id in company_ids:
        with company_context(company_id), transaction.atomic():
            Lease.objects.all().delete()
            late = Task.objects.filter(is_open=True, ready_at__lt=datetime.now(UTC) + timedelta(hours=12))
            tomorrow = datetime.now(UTC) + timedelta(hours=21)
            for at, task in enumerate(late.order_by("ready_at", "id")):
                Task.objects.filter(pk=task.pk).update(ready_at=tomorrow + timedelta(minutes=25 * at))


if __name__ == "__main__":
    import json

    import django

    from voronka.config.home import reach_database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    with reach_database():
        django.setup()
        if sys.argv[1:2] == ["finish"]:
            finish_days([int(one) for one in sys.argv[2:]])
        else:
            found = {language: make_company(language, datetime.now(UTC)) for language in ("ru", "en")}
            print(json.dumps(found, ensure_ascii=False))
