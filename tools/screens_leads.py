"""Requests, rules of sharing and waits of the company of the pictures, made by the verbs of the product."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voronka.kit.actors import Actor

REQUESTS = (
    (
        ("Смирнова Анна", "Anna Smirnova"),
        ("Здравствуйте! Хочу такую же столешницу, как на www.ladnaya-kuhnya.ru, только из ясеня.",
         "Hello! I want the same worktop as at www.handy-kitchen.com, but of ash."),
        ("links",), 22,
    ),
    (
        ("Виктор", "Victor"),
        ("ПРОДВИЖЕНИЕ САЙТОВ, ВЫВОД В ТОП ЗА НЕДЕЛЮ. https://top-seo.ru https://seo-top.ru https://seo1.ru",
         "SEO AND BACKLINKS FOR YOUR SITE. https://top-seo.com https://seo-top.com https://seo1.com"),
        ("many_links", "offer", "shouting"), 9,
    ),
    (
        ("Мельникова Софья", "Sophia Melnikova"),
        ("Сколько будет кухня 2,4 × 3,1 м с доставкой в Абакан?", "How much is a kitchen of 2.4 × 3.1 m, delivered?"),
        (), 4,
    ),
)  # fmt: skip


def fill_leads(actor: "Actor", at: int, now: datetime, client_phone: str) -> dict[str, str]:
    """Make requests, two rules and a wait; return the addresses of their pages by name."""
    from voronka.accounts.queries import list_employees
    from voronka.deals.models import Pipeline, Stage
    from voronka.deals.services import share_rules
    from voronka.deals.services.share_rules import RuleDraft
    from voronka.kit.actors import Actor as Someone
    from voronka.people import services as people
    from voronka.people.services import TouchData

    Stage.objects.filter(pipeline__code="new_lead", position=1).update(required_fields=["address", "size"])
    Stage.objects.filter(pipeline__code="new_lead", position=2).update(required_fields=["measure", "deal.sum"])
    people.set_channel(actor=actor, channel="form", is_sorted=True)
    system = Someone.system(actor.company_id, origin="form")
    for number, (name, message, signs, minutes) in enumerate(REQUESTS):
        touch = TouchData(
            channel="form",
            name=name[at],
            phones=(client_phone,) if number == 0 else (f"+7913200400{number}",),
            emails=(f"guest{number}@mail.ru",) if number else (),
            message=message[at],
            city=(("Красноярск", "Krasnoyarsk")[at] if number == 0 else ""),
            source="yandex",
            campaign=("кухни-осень", "kitchens-autumn")[at],
            page="https://ladnaya-kuhnya.ru/stoleshnitsy",
            extra={("материал", "material")[at]: ("ясень", "ash")[at], ("удобное время", "good time")[at]: "18-20"},
            signs=signs,
        )
        people.receive(actor=system, touch=touch, now=now - timedelta(minutes=minutes), address="203.0.113.7")
    pipeline = Pipeline.objects.get(code="new_lead")
    ids = [one.public_id for one in list_employees()][:2]
    drafts = (
        RuleDraft(name=("Старые клиенты", "Known clients")[at], way="owner"),
        RuleDraft(
            name=("Красноярск", "Krasnoyarsk")[at],
            way="load",
            hours="next",
            people=ids,
            asked={"city": ("Красноярск", "Krasnoyarsk")[at]},
        ),
        RuleDraft(name="", way="turn", channels=["form"]),
    )
    for draft in drafts:
        rule = share_rules.add_rule(actor=actor, pipeline_id=pipeline.public_id, draft=draft)
    who = ("Смирнова", "Smirnova")[at]
    return {
        "share-rules": f"/settings/pipelines/{pipeline.public_id}/sharing/?who={who}&channel=form",
        "share-rule": f"/settings/sharing/{rule.public_id}/",
        "hand-over": f"/settings/hand-over/{ids[0]}/?way=pool",
        "stage": f"/settings/stages/{Stage.objects.get(pipeline=pipeline, position=1).public_id}/",
    }
