"""Goods in an operator's line: a card for the visitor, words for every channel, and nothing beyond his talk."""

import io
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from voronka.accounts.testing import make_company, sign_in
from voronka.catalogue.services.pictures import add_picture, delete_picture
from voronka.kit.errors import NotFound
from voronka.kit.tenancy import company_context
from voronka.messaging.models import TalkLine
from voronka.messaging.services import chat
from voronka.orders.testing import make_shop
from voronka.site.models import SeenGoods
from voronka.site.queries.goods import usual_pages
from voronka.site.services.chatting import reference
from voronka.site.services.goods import get_goods
from voronka.site.testing import SHOP, make_site, visit_of
from voronka.site.tests.test_chat_calls import PNG, VISITOR

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def cast():
    cache.clear()
    made = make_company(name="Ладная кухня", now=NOW - timedelta(days=9))
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        chat.save_chat(actor=made.owner, draft=chat.ChatDraft(is_on=True))
        yield made


def test_an_operator_shows_goods_and_the_visitor_sees_their_card(cast):
    shop, site = make_shop(cast.owner, now=NOW - timedelta(days=8)), make_site(cast.owner, NOW)
    product = shop.table.product.public_id
    picture = add_picture(actor=cast.owner, product=product, source=io.BytesIO(PNG), name="стол.png", now=NOW)
    visit = visit_of(site, {"kind": "page"}, at=NOW)
    SeenGoods.objects.create(visit=visit, variant=shop.table, first_at=NOW, url="//evil.example/t/1")
    who = reference(site.pk, VISITOR)
    talk, other = (
        chat.write(talk=None, written=chat.Written(uuid.uuid4(), "Есть стол?", visitor=who), now=NOW)
        for _nr in range(2)
    )
    desk, page = sign_in(Browser(), cast.owner), reverse("messaging:talk", args=[talk.public_id])
    found = desk.get(page, {"part": "goods", "goods": "стол"}).content.decode()
    assert f'name="goods" value="{shop.table.public_id}"' in found
    assert f'value="{shop.table.public_id}"' in desk.get(page, {"goods": "стол"}).content.decode()
    say = reverse("messaging:talk-say", args=[talk.public_id])
    sent = {"key": str(uuid.uuid4()), "text": "Вот такой:", "after": "1", "goods": shop.table.public_id}
    for _time in range(2):
        assert desk.post(say, sent).status_code == 302
    line = TalkLine.objects.get(talk=talk, by="operator")
    url = f"{SHOP}//evil.example/t/1"  # whatever a browser told, the host is the site's
    assert line.text.replace("\xa0", " ") == f"Вот такой:\nСтол обеденный — 1 000 ₽\n{url}"
    with translation.override("en"):
        told = chat.told(talk)["lines"][-1]
    file_id = told["goods"]["picture"]
    assert told["parts"] == [["Вот такой:"]]
    assert (told["goods"]["name"], told["goods"]["url"]) == ("Стол обеденный", url)
    assert "".join(sign for sign in told["goods"]["price"] if sign.isdecimal()) == "1000"
    assert 'class="v-say-goods"' in desk.get(page).content.decode()

    # The picture is there for this talk alone, and no longer than the catalogue has it.
    kept, source, is_picture = chat.open_file(talk, file_id)
    assert (source.read(), is_picture) == (PNG, True)
    source.close()
    with pytest.raises(NotFound):
        chat.open_file(other, file_id)
    delete_picture(actor=cast.owner, public_id=picture.public_id)
    with pytest.raises(NotFound):
        chat.open_file(talk, file_id)
    assert kept.subject_kind == "product"


def test_what_is_not_on_sale_or_not_for_his_eyes_is_shown_by_nobody(cast):
    shop = make_shop(cast.owner, now=NOW - timedelta(days=8))
    talk = chat.write(talk=None, written=chat.Written(uuid.uuid4(), "Есть стол?"), now=NOW)

    def show(actor, variant):
        draft = chat.Reply(uuid.uuid4(), "")
        with transaction.atomic():
            chat.show_goods(actor=actor, public_id=talk.public_id, draft=draft, goods=variant, now=NOW)

    rights = {code: reach for code, reach in cast.owner.rights.items() if code != "catalogue.see"}
    blind = replace(cast.owner, rights=rights)
    type(shop.chair).objects.filter(pk=shop.chair.pk).update(is_on_sale=False)
    for actor, variant in ((cast.owner, shop.chair.public_id), (cast.owner, "none"), (blind, shop.table.public_id)):
        with pytest.raises(NotFound):
            show(actor, variant)
    assert not TalkLine.objects.filter(by="operator").exists()
    show(cast.owner, shop.table.public_id)
    line = TalkLine.objects.get(by="operator")
    assert (line.goods["url"], line.goods["picture"]) == ("", "")


def test_the_page_in_a_card_is_the_usual_one_whatever_one_browser_tells_last(cast):
    shop, site = make_shop(cast.owner, now=NOW - timedelta(days=8)), make_site(cast.owner, NOW)
    forger = visit_of(site, {"kind": "page"}, at=NOW).visitor
    visits = [visit_of(site, {"kind": "page"}, at=NOW) for _nr in range(2)]
    for visit in visits:
        SeenGoods.objects.create(visit=visit, variant=shop.table, first_at=NOW, url="/стол")
    for nr in range(3):
        again = visit_of(site, {"kind": "page"}, at=NOW + timedelta(hours=nr), visitor=forger)
        SeenGoods.objects.create(visit=again, variant=shop.table, first_at=NOW, url="/pay-here")
    for who in ("", reference(site.pk, VISITOR)):
        card = get_goods(shop.table.public_id, who)
        assert card.url == f"{SHOP}/%D1%81%D1%82%D0%BE%D0%BB"
    assert usual_pages([shop.table.pk], site_id=site.pk + 1) == {}
