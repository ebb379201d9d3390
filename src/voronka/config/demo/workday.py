"""What people of the demo have around their calls: hours and leave, tasks from the head, requests that wait, doubles.

All of it by the verbs of the product, so it is there as if somebody had typed it; `words` holds the texts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from voronka.accounts import services as accounts
from voronka.config.demo import words
from voronka.kit.actors import Actor
from voronka.people import services as people
from voronka.people.models import Client, ContactPoint
from voronka.people.services import ClientDraft, ContactDraft, TouchData
from voronka.people.services.doubles import refresh_pairs
from voronka.work import services as work
from voronka.work.rules.holidays import YEARS
from voronka.work.rules.hours import Hours

_WEEK = [Hours(9 * 60, 18 * 60)] * 5 + [None, None]
_LUNCH = Hours(13 * 60, 14 * 60)


def furnish(actors: Mapping[str, Actor], now: datetime) -> None:
    """Give the company of these people, by login, its calendar, tasks, waiting requests, doubles and lists."""
    _calendar(actors, now)
    _tasks(actors, now)
    _requests(actors["owner"].company_id, now)
    _doubles(actors["head"], now)
    for name, query in words.LISTS:
        accounts.save_view(actor=actors["head"], subject="client", name=name, query=query, is_shared=True, now=now)


def _calendar(actors: Mapping[str, Actor], now: datetime) -> None:
    head = actors["head"]
    work.set_week(actor=head, employee_id=None, week=_WEEK, lunch=_LUNCH)
    today = now.astimezone(head.zone).date()
    for year in {today.year, (today + timedelta(days=60)).year}:
        if year in YEARS:
            work.load_holidays(actor=head, year=year)
    # Next week, so that every queue of the demo has its manager today.
    monday = today + timedelta(days=7 - today.weekday())
    work.add_leave(
        actor=head,
        employee_id=actors["anna"].person_id,
        kind="vacation",
        starts_on=monday,
        ends_on=monday + timedelta(days=13),
    )


def _tasks(actors: Mapping[str, Actor], now: datetime) -> None:
    """Set tasks some days ago: done ones, late ones, ones for today; the oldest are talked about."""
    for one in words.TASKS:
        author, executor = actors[one.author], actors[one.executor]
        set_at = now - timedelta(hours=one.set_hours_ago)
        due_at = (now + timedelta(hours=one.due_in_hours)).replace(minute=0, second=0, microsecond=0)
        draft = work.TaskDraft(
            title=one.title,
            employee_id=executor.person_id,
            due_at=due_at,
            why=one.why,
            checks=one.checks,
            high=one.high,
        )
        task = work.set_task(actor=author, draft=draft, now=set_at)
        for at, (login, text) in enumerate(one.talk):
            said_at = set_at + timedelta(minutes=25 * (at + 1))
            work.say(actor=actors[login], public_id=task.public_id, text=text, now=said_at)
        if one.result:
            done_at = set_at + timedelta(hours=one.set_hours_ago * 0.6)
            work.finish_task(actor=executor, public_id=task.public_id, result=one.result, now=done_at)
    mine = actors["maxim"]
    work.remind_me(actor=mine, text=words.REMINDER, at=now + timedelta(minutes=40), now=now)


def _requests(company_id: int, now: datetime) -> None:
    """Let requests that look odd wait in the inbox: of somebody known, of nobody, of one who sells something."""
    visitor = Actor.system(company_id, origin="form")
    known = ContactPoint.objects.filter(kind="phone", client__kind=Client.Kind.PERSON).order_by("-client_id").first()
    for number, (name, message, signs, minutes) in enumerate(words.REQUESTS):
        phone = known.value if known is not None and number == 0 else f"+791320000{number:02d}"
        touch = TouchData(
            channel="form",
            name=name,
            phones=(phone,),
            message=message,
            source="yandex",
            page=f"https://{words.DOMAIN}/kuhni",
            signs=signs,
        )
        people.receive(actor=visitor, touch=touch, now=now - timedelta(minutes=minutes), address="203.0.113.7")


def _doubles(head: Actor, now: datetime) -> None:
    """Make three people known once more, as a hurried colleague does, by another number of theirs."""
    persons = Client.objects.filter(kind=Client.Kind.PERSON).exclude(middle_name="").exclude(city="").order_by("id")
    taken = set(ContactPoint.objects.filter(kind="phone").values_list("value", flat=True))
    made = []
    for one in list(persons[:3]):
        phone = ContactPoint.objects.filter(client=one, kind="phone").values_list("value", flat=True)[0]
        another = next(spare for n in range(99, 0, -1) if (spare := f"{phone[:-2]}{n:02d}") not in taken)
        draft = ClientDraft(
            name=one.name,
            city=one.city,
            contacts=(ContactDraft(kind="phone", value=another),),
        )
        made.append(people.create_client(actor=head, draft=draft, now=now - timedelta(days=2)).pk)
    refresh_pairs(made)
