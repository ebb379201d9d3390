"""Filling the demo company: its people and rails by the product's own services, its past in bulk.

All of it is one transaction: an interrupted fill leaves nothing, a finished one is known by its owner's account.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from voronka.accounts import queries as accounts
from voronka.accounts import services as people_services
from voronka.accounts.models import Company, User
from voronka.accounts.queries import DemoLogin
from voronka.audience import services as audience
from voronka.config.demo import words
from voronka.config.demo.answers import fill_answers
from voronka.config.demo.automations import fill_automations
from voronka.config.demo.book import Book, settle_listeners
from voronka.config.demo.campaigns import fill_campaigns
from voronka.config.demo.channels import fill_channels
from voronka.config.demo.clients import Crowd, make_crowd
from voronka.config.demo.codes import make_codes
from voronka.config.demo.days import finish_today, live
from voronka.config.demo.friends import fill_friends
from voronka.config.demo.orders import fill_orders
from voronka.config.demo.papers import write_papers
from voronka.config.demo.rails import Rails, Worker
from voronka.config.demo.shop import stock_shelves
from voronka.config.demo.store import fill_places
from voronka.config.demo.storefront import NAME as SHOP
from voronka.config.demo.storefront import furnish as furnish_shop
from voronka.config.demo.storefront import open_shop
from voronka.config.demo.story import Story
from voronka.config.demo.surveys import fill_surveys
from voronka.config.demo.talks import fill_talks
from voronka.config.demo.visits import fill_visits
from voronka.config.demo.wants import want
from voronka.config.demo.workday import furnish
from voronka.config.storefront.setting import shop_port
from voronka.deals.models import ButtonSet, LossReason, Stage
from voronka.deals.services.shipped import ship
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.messaging import services as messaging
from voronka.messaging.models import Template
from voronka.people.models import CustomField
from voronka.site.models import Site
from voronka.work import services as work
from voronka.work.models import Turn

CLIENTS, DAYS, SEED = 2_000, 90, 20_261
_OWNER = f"owner@{words.DOMAIN}"


@dataclass(frozen=True, slots=True)
class Filled:
    """The demo company and its people by login."""

    company_id: int
    actors: dict[str, Actor]


def fill() -> None:
    """Fill the demo company unless it is there, and leave its logins for the page of signing in."""
    is_new = not User.objects.filter(email=_OWNER).exists()
    if is_new:
        fill_company(now=datetime.now(UTC))
    with translation.override("ru"):
        logins = [
            DemoLogin(f"{one.first} {one.last}", _role_words(one.role), f"{one.login}@{words.DOMAIN}", words.PASSWORD)
            for one in words.PEOPLE
        ]
    people_services.keep_demo_logins(logins)
    width = max(len(one.email) for one in logins)
    lines = [f"  {one.email:<{width}}  {one.name}, {one.role}" for one in logins]
    text = "\n".join(["Sign in with any of these, the password of all is " + words.PASSWORD, *lines])
    (settings.HOME / "demo-logins.txt").write_text(text + "\n", "utf-8")
    _open_shop(has_had_visits=is_new)


def _open_shop(*, has_had_visits: bool) -> None:
    """Let the shop on the web stand at its port, also where the company is of an earlier version."""
    company_id, employee_id = accounts.places_of_user(User.objects.get(email=_OWNER).pk)[0]
    origins = [f"http://{host}:{shop_port()}" for host in ("localhost", "127.0.0.1")]
    with transaction.atomic(), company_context(company_id, employee_id=employee_id, origin="demo"):
        actor, now = _actor(company_id, employee_id), datetime.now(UTC)
        open_shop(actor=actor, origins=origins, home=settings.HOME, now=now)
        if has_had_visits:
            fill_visits(site=Site.objects.get(name=SHOP), now=now)


def fill_company(*, now: datetime, clients: int = CLIENTS, seed: int = SEED) -> Filled:
    """Make the demo company as of `now`: `clients` of them and ninety days of work. One transaction."""
    begin = now - timedelta(days=DAYS)
    with translation.override("ru"), transaction.atomic():
        filled = _found(begin)
        owner = filled.actors["owner"]
        with company_context(filled.company_id, employee_id=owner.employee_id, origin="demo"):
            rails = _lay_rails(owner, begin)
            goods = clients * 5 // 2
            chance = random.Random(seed + 1)  # noqa: S311 - invented data
            stock_shelves(actor=owner, now=now, begin=begin, chance=chance, most=goods)
            fill_places(actor=owner, now=now, begin=begin, chance=chance)
            _live(filled, rails, now=now, begin=begin, clients=clients, chance=random.Random(seed))  # noqa: S311 - invented data
            fill_campaigns(actor=owner, now=now)
            fill_automations(actor=owner, now=now)
            furnish_shop(actor=owner, now=now)
    return filled


def _found(begin: datetime) -> Filled:
    first = words.PEOPLE[0]
    company_id, owner_id = people_services.found_company(
        name=words.COMPANY,
        owner_email=f"{first.login}@{words.DOMAIN}",
        password=words.PASSWORD,
        owner_name=f"{first.first} {first.last}",
        now=begin,
    )
    owner = _actor(company_id, owner_id)
    ids = {first.login: owner_id}
    with company_context(company_id, employee_id=owner_id, origin="demo"):
        teams = [people_services.add_team(actor=owner, name=name) for name in words.TEAMS]
        for one in words.PEOPLE[1:]:
            employee_id, token = people_services.add_employee(
                actor=owner,
                email=f"{one.login}@{words.DOMAIN}",
                first_name=one.first,
                last_name=one.last,
                role=one.role,
                zone=one.zone,
                team_id=None if one.team is None else teams[one.team],
                now=begin,
            )
            people_services.join(token=token, user_id=None, password=words.PASSWORD, now=begin)
            ids[one.login] = employee_id
    return Filled(company_id, {login: _actor(company_id, one) for login, one in ids.items()})


def _actor(company_id: int, employee_id: int) -> Actor:
    actor = accounts.find_actor(company_id, employee_id)
    assert actor is not None
    return actor


def _lay_rails(owner: Actor, begin: datetime) -> Rails:
    """Ship the pipelines, add letters to a few buttons and fields to the cards."""
    pipelines = {one.code: one for one in ship(actor=owner, now=begin)}
    stages = {one.pk: list(Stage.objects.filter(pipeline=one).order_by("position")) for one in pipelines.values()}
    templates = [
        messaging.save_template(actor=owner, name=name, subject=subject, body=body)
        for name, subject, body in words.LETTERS
    ]
    ready = messaging.ready_letters("ru")["after_order"]
    messaging.save_blocks(actor=owner, draft=messaging.BlocksDraft(ready.title, ready.subject, list(ready.blocks)))
    sets = {one.stage_id: one for one in ButtonSet.objects.filter(state=ButtonSet.State.LIVE)}
    for code, place, button, outcome, letter in words.LETTER_BUTTONS:
        version = sets[stages[pipelines[code].pk][place].pk]
        step = {"kind": "messaging.send_letter", "template": templates[letter].public_id}
        for one in version.buttons:
            if one["key"] == button:
                one["outcomes"][outcome]["steps"].append(step)
        version.save(update_fields=["buttons"])
    _add_fields(owner.company_id)
    return Rails(
        pipelines=pipelines,
        stages=stages,
        sets=sets,
        reasons={one.code: one for one in LossReason.objects.all()},
        templates={one.public_id: one for one in Template.objects.all()},
        pools={one.pk: work.pool_for(f"pipeline:{one.pk}") for one in pipelines.values()},
    )


def _add_fields(company_id: int) -> None:
    kinds = CustomField.Kind
    rows: Sequence[tuple[str, str, str, Sequence[str]]] = (
        ("budget", "Бюджет", kinds.MONEY, ()),
        ("sizes", "Размеры", kinds.TEXT, ()),
        ("due", "Нужно к сроку", kinds.DATE, ()),
        ("style", "Стиль", kinds.CHOICE, words.STYLES),
        ("front", "Фасады", kinds.CHOICE, words.FRONTS),
        ("measured", "Замер сделан", kinds.YES_NO, ()),
    )
    CustomField.objects.bulk_create(
        CustomField(company_id=company_id, code=code, name=name, kind=kind, options=list(options), position=at)
        for at, (code, name, kind, options) in enumerate(rows)
    )


def _live(
    filled: Filled, rails: Rails, *, now: datetime, begin: datetime, clients: int, chance: random.Random
) -> None:
    company = Company.objects.get(pk=filled.company_id)
    book = Book(company.pk)
    crowd = Crowd(book, company, chance, now)
    old, leads = make_crowd(crowd, clients, begin)
    managers = [filled.actors[one.login] for one in words.PEOPLE if one.role == "manager"]
    story = Story(
        book=book,
        company=company,
        crowd=crowd,
        rails=rails,
        workers=[Worker(one, work.pool_for(f"employee:{one.person_id}")) for one in managers],
        mails={one.client_id: one.value for one in book.contacts if one.kind == "email"},
        chance=chance,
        now=now,
        pace=max(CLIENTS / max(clients, 1), 1.0) ** 1.3,
    )
    live(story, old, leads, begin)
    finish_today(story)
    crowd.sign()
    book.write()
    Turn.objects.bulk_create(
        Turn(company_id=company.pk, employee_id=one.actor.person_id, taken=one.turns) for one in story.workers
    )
    fill_orders(
        actor=filled.actors["owner"],
        now=now,
        chance=random.Random(chance.random()),  # noqa: S311 - invented data
        many=max(clients // 5, 20),
    )
    want(actor=filled.actors["owner"], now=now, chance=random.Random(clients))  # noqa: S311 - invented data
    write_papers(actor=filled.actors["owner"], now=now, chance=random.Random(chance.random()))  # noqa: S311 - invented data
    make_codes(actor=filled.actors["owner"], now=now)
    fill_friends(actor=filled.actors["owner"], now=now, chance=random.Random(clients))  # noqa: S311 - invented data
    fill_surveys(actor=filled.actors["owner"], now=now, chance=random.Random(clients))  # noqa: S311 - invented data
    fill_answers(actor=filled.actors["owner"], proposer=managers[0], now=now)
    fill_channels(actor=filled.actors["owner"], now=now)
    fill_talks(actor=filled.actors["owner"], operators=managers[:2], now=now)
    settle_listeners(company.pk)
    furnish(filled.actors, now)
    audience.rebuild()


def _role_words(code: str) -> str:
    names = {
        "owner": "владелец",
        "head": "руководитель продаж",
        "manager": "менеджер",
        "marketer": "маркетолог",
        "reader": "только чтение",
    }
    return names[code]
