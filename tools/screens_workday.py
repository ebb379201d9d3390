"""Planner, tasks, doubles, joined and changed cards, lists and notices of the company of the pictures."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voronka.kit.actors import Actor
    from voronka.people.models import Client

# Title, whose (place among the employees), hours until due, why, checklist, high.
TASKS = (
    (("Сверить цены на фурнитуру с прайсом", "Check the fittings against the price list"), 0, 3,
     ("С понедельника у поставщика другие цены, а сметы считаем по старым.",
      "The supplier has other prices from Monday on, and estimates still use the old ones."),
     (("Петли", "Подъёмники", "Ящики"), ("Hinges", "Lifts", "Drawers")), True),
    (("Позвонить на фабрику: когда будет дуб 38 мм", "Ring the mill: when is the oak of 38 mm there"), 0, -4,
     ("Три клиента ждут ответа.", "Three clients wait for an answer."), ((), ()), False),
    (("Снять с выставки кухню «Лофт»", "Take the “Loft” kitchen off show"), 0, 26, ("", ""), ((), ()), False),
    (("Договориться о замерах на неделю", "Arrange the measuring of the week"), 1, 5, ("", ""), ((), ()), False),
    (("Проверить договоры с рассрочкой", "Look through the instalment agreements"), 2, 50, ("", ""), ((), ()), True),
)  # fmt: skip
DOUBLES = (
    (("Мезенцева Ирина Павловна", "Irina Mezentseva"), ("Мезенцева Ирина Павловна", "Irina Mezentseva")),
    (("Лобанов Аркадий Ильич", "Arkady Lobanov"), ("Лобанов Аркадий", "Arkady Lobanov")),
)
LISTS = (
    (("VIP", "VIP"), "f.vip=да&sort=-sum"),
    (("Покупали от 100 тысяч", "Bought for 100,000 and more"), "f.sum=100000..&sort=-sum"),
)


def fill_workday(actor: "Actor", at: int, now: datetime, client: str) -> dict[str, str]:
    """Make a calendar, tasks, doubles, a joined card, a change of many, the bin; return addresses of pages by name."""
    from voronka.accounts.queries import list_employees

    ids = [one.pk for one in list_employees() if one.pk != actor.employee_id]
    return {
        **_calendar(actor, ids, now),
        **_tasks(actor, at, now, [actor.person_id, *ids]),
        **_doubles(actor, at, now),
        **_many(actor, at, now),
        **_talk(actor, at, now, client),
    }


def _calendar(actor: "Actor", ids: Sequence[int], now: datetime) -> dict[str, str]:
    from voronka.work import services as work
    from voronka.work.rules.hours import Hours

    week = [Hours(9 * 60, 18 * 60)] * 5 + [Hours(10 * 60, 15 * 60), None]
    work.set_week(actor=actor, employee_id=None, week=week, lunch=Hours(13 * 60, 14 * 60))
    day = now.astimezone(actor.zone).date() + timedelta(days=4)
    work.add_leave(actor=actor, employee_id=ids[0], kind="vacation", starts_on=day, ends_on=day + timedelta(days=9))
    return {}


def _tasks(actor: "Actor", at: int, now: datetime, ids: Sequence[int]) -> dict[str, str]:
    from voronka.work import services as work

    first = None
    for title, whose, due, why, checks, high in TASKS:
        draft = work.TaskDraft(
            title=title[at], employee_id=ids[whose % len(ids)], due_at=now + timedelta(hours=due), why=why[at],
            checks=checks[at], high=high,
        )  # fmt: skip
        task = work.set_task(actor=actor, draft=draft, now=now - timedelta(hours=30))
        first = first or task
    assert first is not None
    said = ("Петли сверены, разница до 7 %.", "Hinges are done, up to 7 % apart.")[at]
    work.say(actor=actor, public_id=first.public_id, text=said, now=now - timedelta(hours=1))
    work.remind_me(actor=actor, text=("Спросить в цехе про эскиз", "Ask the shop for the sketch")[at],
                   at=now + timedelta(minutes=20), now=now)  # fmt: skip
    return {"task": f"/tasks/{first.public_id}/"}


def _doubles(actor: "Actor", at: int, now: datetime) -> dict[str, str]:
    from voronka.people import services as people
    from voronka.people.services.doubles import refresh_pairs

    made = []
    for n, pair in enumerate(DOUBLES):
        for turn, names in enumerate(pair):
            contacts = (people.ContactDraft(kind="phone", value=f"+7 391 220-14-{n}{turn + 1}"),)
            city = ("Красноярск", "Krasnoyarsk")[at]
            address = (("ул. Ладо Кецховели, 22", "пр. Мира, 5"), ("22 Kirov street", "5 Mira avenue"))[at][turn]
            draft = people.ClientDraft(
                name=names[at], city=city, contacts=contacts, address=address, is_vip=turn == 1,
                birthday="1984-03-12" if turn == 0 else None,
            )  # fmt: skip
            made.append(people.create_client(actor=actor, draft=draft, now=now - timedelta(days=5 - turn)))
    refresh_pairs([one.pk for one in made])
    extra = [_plain(actor, ("Быстрова Алёна", "Alena Bystrova")[at], f"+7 391 220-15-0{n}", now) for n in range(2)]
    run = people.merge_clients(
        actor=actor, survivor_id=extra[0].pk, other_ids=[extra[1].pk], chosen={}, now=now - timedelta(hours=2)
    )
    ids = ",".join(one.public_id for one in made[:2])
    return {"merge": f"/clients/merge/?ids={ids}", "merged": f"/clients/merges/{run.public_id}/"}


def _plain(actor: "Actor", name: str, phone: str, now: datetime) -> "Client":
    from voronka.people import services as people

    draft = people.ClientDraft(name=name, contacts=(people.ContactDraft(kind="phone", value=phone),))
    return people.create_client(actor=actor, draft=draft, now=now - timedelta(days=1))


def _many(actor: "Actor", at: int, now: datetime) -> dict[str, str]:
    from voronka.accounts import services as accounts
    from voronka.people import services as people
    from voronka.people.services import bulk

    for name, query in LISTS:
        accounts.save_view(actor=actor, subject="client", name=name[at], query=query, is_shared=True, now=now)
    chosen = bulk.begin_bulk(actor=actor, query="f.kind=person", now=now)
    gone = [_plain(actor, ("Ошибка ввода", "Typed in error")[at], f"+7 391 220-16-0{n}", now) for n in range(2)]
    for one in gone:
        people.bin_client(actor=actor, client_id=one.pk, now=now)
    return {"bulk": f"/clients/bulk/{chosen.public_id}/"}


def _talk(actor: "Actor", at: int, now: datetime, client: str) -> dict[str, str]:
    from django.db import transaction

    from voronka.accounts.queries import find_actor, list_employees
    from voronka.people import services as people
    from voronka.people.models import Client

    other = next(one for one in list_employees() if one.pk != actor.employee_id)
    colleague = find_actor(actor.company_id, other.pk)
    assert colleague is not None
    text = (f"@{actor.name}, просит скидку за две кухни, посмотри смету.",
            f"@{actor.name}, asks for a discount on two kitchens, please look.")[at]  # fmt: skip
    with transaction.atomic():
        found = Client.objects.get(public_id=client.split("/")[2])
        people.add_note(actor=colleague, client_id=found.pk, text=text, now=now - timedelta(minutes=12))
    return {}
