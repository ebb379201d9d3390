"""A friend comes by a client's link to a shop of somebody else's, buys, and the client sees what he has earned."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from browsing import PHONE, eventually, until, wire
from django.db import transaction
from test_chat_browser import axe, shot
from test_site_browser import AGENT, is_up, shop

from voronka.accounts.testing import make_company
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context
from voronka.loyalty.models import Referral, ReferralPayout
from voronka.loyalty.services import referring
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.orders import services as orders
from voronka.orders.models import Order
from voronka.orders.testing import Shop, make_order, make_shop
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.site.models import Visitor
from voronka.site.services import judging
from voronka.site.testing import make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def inside(cast, act):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return act()


def judged(cast):
    with company_context(cast.company_id):
        judging.judge_due(now=datetime.now(UTC) + timedelta(minutes=1))


def hear(cast):
    with transaction.atomic():
        while number_events():
            pass
    drain(next(one for one in all_listeners() if one.name == "orders.referral_gains"), cast.company_id)


def test_the_link_brings_a_friend_and_the_client_sees_what_he_earned(visit, settings, tmp_path):
    cast = make_company(name="Ладная кухня", now=datetime.now(UTC))
    before = datetime.now(UTC) - timedelta(days=1)
    goods = inside(cast, lambda: make_shop(cast.owner, now=before))
    anna = inside(cast, lambda: make_client(cast.owner, name="Анна Орлова", phone="+79130000001"))
    site = inside(cast, lambda: make_site(cast.owner, before, takes_contacts=True))
    with wire(tmp_path / "wire.log", settings), shop(site, settings.WIRE_PORT) as address:
        eventually(lambda: is_up(settings.WIRE_PORT), 60)
        inside(cast, lambda: site.__class__.objects.filter(pk=site.pk).update(origins=[address]))
        draft = TermsDraft(is_on=True, percent=Decimal(10), page=f"{address}/form")
        inside(cast, lambda: save_terms(actor=cast.owner, draft=draft, now=before))

        desk = visit(cast.owner, language="ru", bypass_csp=True)  # the checker is a script of its own
        desk.goto(f"/clients/{anna.public_id}/")
        desk.get_by_role("button", name="Создать ссылку для друзей").click()
        link = desk.get_by_label("Ссылка для друзей").input_value()
        assert link.startswith(f"{address}/form?vf=")
        shot(desk, "referral_card")

        friend = visit(None, language="ru", user_agent=AGENT)
        friend.goto(link)
        until(friend, "!!localStorage['voronka.s']")
        friend.locator("[name=phone]").fill("+7 913 555-00-01")
        eventually(lambda: inside(cast, lambda: Visitor.objects.exclude(referral_code="").count()) == 1)
        friend.get_by_role("button", name="Ок").click()

        def known():
            judged(cast)
            return inside(cast, lambda: Referral.objects.filter(state="active").count()) == 1

        eventually(known)

    def buy():
        found = Client.objects.get(pk=Referral.objects.get().friend_id)
        Client.objects.filter(pk=found.pk).update(name="Пётр Новиков")
        row = make_order(cast.owner, Shop(goods.place, found, goods.table, goods.chair), now=datetime.now(UTC))
        orders.note_paid(row.pk, row.total, now=datetime.now(UTC))
        Order.objects.filter(pk=row.pk).update(delivered_at=datetime.now(UTC))

    inside(cast, buy)
    hear(cast)
    twin = inside(cast, lambda: make_client(cast.owner, name="Анна О.", phone="+79130000001"))
    code = link.partition("vf=")[2]
    touch = referring.Touch(code, datetime.now(UTC))
    inside(cast, lambda: referring.refer(actor=cast.owner, touch=touch, friend_id=twin.pk, now=datetime.now(UTC)))

    desk.goto(f"/clients/{anna.public_id}/")
    desk.get_by_text("200,00").or_(desk.get_by_text("200 ₽")).first.wait_for()
    shot(desk, "referral_card_earned")
    desk.goto("/referrals/")
    assert desk.get_by_text("у обоих один телефон").is_visible()
    axe(desk)
    shot(desk, "referrals")
    desk.set_viewport_size(PHONE)
    shot(desk, "referrals_phone")
    desk.get_by_role("button", name="Отклонить").first.click()
    desk.get_by_role("button", name="Отменить решение").click()
    desk.get_by_role("button", name="Принять").wait_for()
    desk.goto("/referrals/terms/")
    axe(desk)
    shot(desk, "referral_terms_phone")
    desk.goto("/referrals/payouts/")
    shot(desk, "referral_payouts_phone")
    desk.set_viewport_size({"width": 1280, "height": 900})
    shot(desk, "referral_payouts")
    desk.get_by_role("button", name="Выдать промокод").click()
    desk.get_by_text("Выплачивать некому").wait_for()
    assert inside(cast, lambda: ReferralPayout.objects.get().amount) == 200
    english = visit(cast.owner, language="en")
    english.goto("/referrals/")
    shot(english, "referrals_en")
    english.goto("/referrals/terms/")
    shot(english, "referral_terms_en")
