"""The editor of a scenario of the site: phases, numbers, who yields, a visit told again, ideas, a ready one."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.deals.testing import make_shop
from voronka.flows.models import Automation
from voronka.flows.rules.ideas import count_ideas, read_ideas, write_ideas
from voronka.flows.services import drawing, ready
from voronka.flows.services.drawing import drawn_of
from voronka.flows.testing import make_automation, node, step
from voronka.site.models import Visit, VisitEvent
from voronka.site.services import staging
from voronka.site.testing import make_site, make_visitor, make_widget, moment_of

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)


def test_the_map_of_the_site_is_drawn_tried_and_thought_about() -> None:
    shop = make_shop(NOW - timedelta(days=1))
    with shop.as_(shop.cast.owner) as owner:
        site = make_site(owner, NOW)
        teaser, stop, aid = (
            make_widget(owner, site, NOW, name=one, rules={"when": "scenario"})
            for one in ("Тизер", "Стоп-оффер", "Помощь")
        )
        row = make_automation(
            owner, {"kind": "site.product"}, node(1, "stay", {"seconds": 35}, stayed="n2"),
            step(2, "site.show_widget", widget=teaser.public_id),
            node(3, "door", {"event": "site.exit", "name": "уход"}, next="n4"),
            step(4, "site.show_widget", widget=stop.public_id, rank="offer"), now=NOW, name="Столы",
            phase="первая минута",
        )  # fmt: skip
        help_out = step(1, "site.show_widget", widget=aid.public_id)
        other = make_automation(owner, {"kind": "site.exit"}, help_out, now=NOW, name="Иное")
        visitor = make_visitor(site, NOW)
        staging.hear(moment_of(visitor, "product", NOW))
        staging.hear(moment_of(visitor, "exit", NOW + timedelta(seconds=5)))
        visit = Visit.objects.get(visitor=visitor)
        for seconds, kind in ((0, "product"), (90, "exit")):
            VisitEvent.objects.create(
                visit=visit, key=uuid.uuid4(), kind=kind, at=NOW + timedelta(seconds=seconds), about={"url": "/a"}
            )
    client = sign_in(Browser(headers={"Accept-Language": "ru"}), shop.cast.owner)
    page = f"/automations/{row.public_id}/"
    shown = client.get(page).content.decode()
    assert "первая минута" in shown
    assert "уход" in shown
    assert shown.count("v-auto-block") == 2, "two things take the screen"
    assert "Стоп-оффер" in shown.split("v-auto-yields")[1].split("Тизер")[0], "the offer stands before the teaser"
    tried = client.get(f"{page}?on={visitor.public_id}").content.decode()
    assert tried.count('class="is-shown"') == 1
    assert tried.count('class="is-hidden"') == 1
    client.post(f"{page}set-up/", {"do": "ideas", "ideas": "Скидка\n  на час\n  на день\nОтзывы"})
    ideas = client.get(f"{page}?ideas=1").content.decode()
    assert "на час" in ideas
    with shop.as_(shop.cast.owner):
        assert Automation.objects.get(pk=row.pk).ideas[0]["under"][1]["text"] == "на день"
    client.post(f"{page}set-up/", {"do": "earlier", "which": other.public_id})
    with shop.as_(shop.cast.owner):
        assert [one.name for one in drawing.live_order()] == ["Иное", "Столы"]


def test_ideas_are_lines_and_lines_are_ideas() -> None:
    text = "Скидка\n  на час\n    честный таймер\n  на день\nОтзывы\n"
    held = read_ideas(text)
    assert (write_ideas(held), count_ideas(held)) == (text, 5)
    assert read_ideas(write_ideas(read_ideas("  a\n b\n\tc\n- d\n\0"))) == read_ideas("a\nb\n  c\nd")
    assert count_ideas(read_ideas("x\n" * 900)) == 200


def test_the_funnel_of_a_shop_is_ready_but_for_its_widgets() -> None:
    shop = make_shop(NOW)
    with shop.as_(shop.cast.owner) as owner:
        row = ready.take(actor=owner, code="shop_funnel", now=NOW)
        held = drawn_of(row).map
        assert [one.set["event"] for one in held.doors()] == ["site.exit", "site.checkout", "site.purchase"]
        assert not row.is_on
