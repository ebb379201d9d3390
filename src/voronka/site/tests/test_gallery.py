"""The gallery of ready widgets: each is shown by its own module, before there is a widget."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.loyalty import services as loyalty
from voronka.site.models import Widget
from voronka.site.services import ready
from voronka.site.services.ready import ready_widgets
from voronka.site.testing import make_site

pytestmark = pytest.mark.django_db


def test_each_ready_widget_is_shown_where_one_is_chosen() -> None:
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        site = make_site(cast.owner, datetime.now(UTC))
    browser, url = sign_in(Browser(), cast.owner), f"/sites/{site.public_id}/widgets/new/"
    shown = re.findall(r'src="\?look=(\w+)"', browser.get(url).content.decode())
    held_ready = ready_widgets("ru")
    assert sorted(shown) == sorted(held_ready)
    for code in shown:
        answer = browser.get(url, {"look": code})
        assert (answer.status_code, answer["X-Frame-Options"]) == (200, "SAMEORIGIN")
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        held = re.search(r'<script id="show" type="application/json">(.*?)</script>', answer.content.decode())
        assert held is not None
        assert json.loads(held[1])["show"]["kind"] == held_ready[code].kind, "what the module of its kind is given"
    assert browser.get(url, {"look": "unknown"}).status_code == 404
    assert sign_in(Browser(), cast.stranger).get(url, {"look": shown[0]}).status_code == 404
    with company_context(cast.company_id):
        assert not Widget.objects.exists(), "looking makes none"


def test_a_widget_says_by_what_a_page_opens_it_and_no_two_kinds_or_settings_share_a_name() -> None:
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        site = make_site(cast.owner, datetime.now(UTC))
    browser, url = sign_in(Browser(), cast.owner), f"/sites/{site.public_id}/widgets/new/"
    heads = re.findall(r'<h2 class="v-set-head">(.*?)</h2>', browser.get(url).content.decode())
    assert len(set(heads)) == len(heads) > 12
    made = {code: browser.post(url, {"ready": code})["Location"] for code in ("order_now", "popup_help")}
    order, popup = (browser.get(made[code]).content.decode() for code in ("order_now", "popup_help"))
    sign = made["order_now"].strip("/").split("/")[-1]
    assert f"data-voronka-open=&quot;{sign}&quot;" in order
    assert '<details class="v-widget-more" open' in order, "nobody meets an order form but by a button"
    assert '<details class="v-widget-more" open' not in popup
    assert "форма заказа для клиентов выключена" in order
    assert "форма заказа для клиентов выключена" not in popup
    look = browser.get(f"/sites/{site.public_id}/look/").content.decode()
    assert "Шрифт" in look
    assert ">Письма" not in re.sub(r"\s*\n\s*", "", look.split('name="corners"')[1])
    assert "v-copy" in browser.get(f"/sites/{site.public_id}/").content.decode()


def test_a_widget_that_promises_a_code_says_that_nobody_gets_one_till_a_promo_is_chosen() -> None:
    cast, now = make_company(), datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        site = make_site(cast.owner, now)
        draft = loyalty.PromoDraft(name="Скидка 5 %", is_batch=True, amount=Decimal(5))
        promo = loyalty.save_promo(actor=cast.owner, draft=draft, now=now).public_id
    browser, url = sign_in(Browser(), cast.owner), f"/sites/{site.public_id}/widgets/new/"
    told = "Кода никто не получит"
    made = {code: browser.post(url, {"ready": code})["Location"] for code in ready_widgets("ru")}
    lacking = {code for code, address in made.items() if told in browser.get(address).content.decode()}
    assert lacking == {"popup_sale", "bar_timer", "teaser_product", "stop_discount", "spinner_gift"}
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        row = Widget.objects.get(public_id=made["popup_sale"].strip("/").split("/")[-1])
        row.content |= {"promo": promo}
        row.save()
        other = Widget.objects.get(public_id=made["bar_timer"].strip("/").split("/")[-1])
        other.rules |= {"when": "scenario"}
        other.save()
    assert told not in browser.get(made["popup_sale"]).content.decode()
    assert told not in browser.get(made["bar_timer"]).content.decode(), "a scenario gives a code of its own"


def test_no_kind_has_a_width_of_its_own_on_a_phone() -> None:
    """There a card is as wide as the screen; what a module says comes after that and would win."""
    modules = Path(ready.__file__).parents[1] / "script" / "modules"
    own_width = re.compile(r"(?<!\(min-width:768px\)\{)\.(card|modal)\{[^}]*width:")
    kinds = [path for path in modules.glob("*.js") if path.name != "ui.js"]
    own = {path.name for path in kinds if own_width.search(path.read_text(encoding="utf-8"))}
    assert len(kinds) > 12
    assert own == set()
