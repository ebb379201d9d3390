"""Buttons that a role does not use, and steps of a module that the company has switched off."""

from collections.abc import Iterator

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts import services as accounts
from voronka.accounts.models import Role
from voronka.accounts.services import RoleChoices
from voronka.accounts.testing import actor_of, sign_in
from voronka.deals.models import ButtonSet, Deal
from voronka.deals.services import editing
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = make_shop()
    with made.as_(made.cast.owner):
        yield made


def again(actor: Actor) -> Actor:
    return actor_of(actor.company_id, actor.person_id)


def leave_out(shop: Shop, *codes: str) -> Actor:
    """Let managers leave things out and return the manager."""
    role = Role.objects.get(code="manager")
    accounts.change_role(actor=shop.cast.owner, role_id=role.pk, wanted=RoleChoices(unused=codes))
    return again(shop.cast.colleague)


def test_a_button_that_a_role_does_not_use_is_neither_shown_nor_pressed(shop: Shop) -> None:
    manager = leave_out(shop, "press:paid")
    deal = make_deal(manager)
    paid = reverse("deals:press-ask", args=[deal.public_id, "paid"])
    seen = sign_in(Browser(), shop.cast.owner).get(reverse("deals:deal-detail", args=[deal.public_id]))
    page = sign_in(Browser(), manager).get(reverse("deals:deal-detail", args=[deal.public_id])).content.decode()
    assert paid in seen.content.decode()
    assert paid not in page
    with pytest.raises(Denied), shop.as_(manager):
        press(manager, deal, "paid", sum="100")
    deal.refresh_from_db()
    assert deal.state == Deal.State.OPEN


def test_the_other_buttons_stay(shop: Shop) -> None:
    manager = leave_out(shop, "press:paid", "press:refused")
    deal = make_deal(manager)
    with shop.as_(manager):
        assert press(manager, deal, "miss").press_id


@pytest.mark.parametrize("codes", [["press:nothing"], ["section:"], [""], ["module:import"]])
def test_an_unknown_thing_is_refused(shop: Shop, codes: list[str]) -> None:
    with pytest.raises(Refusal):
        leave_out(shop, *codes)
    assert Role.objects.get(code="manager").unused == []


def add_letter(deal: Deal) -> None:
    """Let the first button of the deal's stage send a letter whose template is gone: run, it would refuse."""
    live = ButtonSet.objects.get(stage_id=deal.stage_id, state="live")
    for button in live.buttons:
        for outcome in button["outcomes"]:
            outcome["steps"].append({"kind": "messaging.send_letter", "template": "gone"})
    live.save(update_fields=["buttons"])


def test_a_step_of_a_switched_off_module_rests_and_is_not_offered(shop: Shop) -> None:
    deal = make_deal(shop.cast.owner)
    add_letter(deal)
    with pytest.raises(Refusal):
        press(shop.cast.owner, deal, "miss")
    accounts.switch_modules(actor=shop.cast.owner, off=["letters"])
    owner = again(shop.cast.owner)
    assert press(owner, deal, "miss", now=NOON).press_id
    assert "messaging.send_letter" not in [one.kind for one in editing.offered_steps(owner)]
    editor = reverse("deals:stage-buttons", args=[deal.stage.public_id])
    page = sign_in(Browser(), owner).get(editor, {"button": "miss"}).content.decode()
    assert "Модуль выключен" in page
