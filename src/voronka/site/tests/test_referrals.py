"""Clients bring friends: by a link on the site, to orders, gains, doubts of a person, and money paid out."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import translation
from django.utils.html import strip_tags

from voronka.accounts.models import Employee, User
from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.flows.models import Run
from voronka.flows.testing import go, hear, make_automation, node
from voronka.kit import stakes, timeline
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.loyalty.facets import match_friends
from voronka.loyalty.models import PromoCode, Referral, ReferralGain, ReferralLink, ReferralPayout
from voronka.loyalty.queries import referrals as queries
from voronka.loyalty.services import referral_payouts, referring
from voronka.loyalty.services.promos import PromoDraft, save_promo
from voronka.loyalty.services.referral_terms import TermsDraft, save_terms
from voronka.loyalty.testing import make_batch
from voronka.messaging.models import Template
from voronka.messaging.services import campaigns, render_letters
from voronka.messaging.services.campaigns import freezing
from voronka.messaging.services.preview import preview_letter
from voronka.messaging.services.values import values_of_many
from voronka.messaging.testing import make_campaign
from voronka.orders import services as orders
from voronka.orders.models import DeliveryMethod, Order, Return
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import make_order, make_shop
from voronka.people import queries as queries_of_people
from voronka.people import services as people
from voronka.people.models import Client, InboxChannel, InboxLead
from voronka.people.queries.asked import audience_page
from voronka.people.services import inbox
from voronka.people.services.bin import bin_client, erase_old
from voronka.people.testing import make_client
from voronka.site.models import Visitor
from voronka.site.services import judging, naming
from voronka.site.testing import make_site, visit_of

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
PAGE = "https://shop.example/?from=friends"


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.fixture
def cast():
    cache.clear()
    found = make_company(now=NOW - timedelta(days=9))
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner, now=NOW - timedelta(days=8))


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW - timedelta(days=8), takes_contacts=True)


@pytest.fixture
def anna(cast):
    return make_client(cast.owner, name="Анна Орлова", phone="+79130000001", email="anna@kuhnya.ru")


def terms(cast, **wanted):
    values = {"is_on": True, "percent": Decimal(10), "page": PAGE, **wanted}
    return save_terms(actor=cast.owner, draft=TermsDraft(**values), now=NOW - timedelta(days=7))


def link_of(cast, client):
    return referring.make_link(actor=cast.owner, client_id=client.pk, now=NOW)


def looks(code):
    return {"kind": "page", "url": "/", "ref": code}


def says(phone="+79135550001", name="Пётр Новиков"):
    return {"kind": "form", "url": "/", "phone": phone, "person": name}


def came(site, code, *events, when=NOW):
    """Let a stranger come by a link and do something; return his visit, judged."""
    visit = visit_of(site, looks(code), *events, at=when)
    judging.judge_due(now=when + timedelta(hours=1))
    return visit


def buys(cast, shop, client, *lines, when, paid=True, delivered=True, **more):
    """Let a client order; say whether it is paid and has come."""
    order = make_order(cast.owner, _shop_of(shop, client), *lines, now=when, **more)
    if paid:
        orders.note_paid(order.pk, order.total, now=when)
    if delivered:
        Order.objects.filter(pk=order.pk).update(delivered_at=when)
    referring.recount(client.pk, now=when)
    return order


def _shop_of(shop, client):
    return type(shop)(shop.place, client, shop.table, shop.chair)


def owed(client):
    return queries.balances([client.pk])[client.pk].owed


def told(name):
    return [one.payload for one in EventRow.objects.filter(name=f"loyalty.{name}").order_by("id")]


def test_a_friend_comes_by_the_link_buys_and_the_client_is_paid(cast, shop, site, anna):
    gift = make_batch(cast.owner, 1, now=NOW - timedelta(days=7))
    promo = PromoCode.objects.get(code=gift[0]).promo
    terms(cast, gift=promo.public_id)
    code = link_of(cast, anna)
    assert link_of(cast, anna) == code
    assert queries.link_url(code) == f"https://shop.example/?from=friends&vf={code}"
    came(site, code, says(), when=NOW)
    friend = Client.objects.get(name__contains="Новиков")
    row = Referral.objects.get()
    assert (row.referrer_id, row.friend_id, row.state, row.way) == (anna.pk, friend.pk, "active", "site")
    assert row.gift_code is not None
    assert row.gift_code.client_id == friend.pk
    assert [one["client_id"] for one in told("FriendCame")] == [friend.pk]

    first = buys(cast, shop, friend, (shop.table, 2), when=at(2), paid=False, delivered=False)
    assert owed(anna) == 0  # ordered is not earned
    orders.note_paid(first.pk, first.total, now=at(3))
    Order.objects.filter(pk=first.pk).update(delivered_at=at(3))
    hear(cast.company_id, "orders.referral_gains")
    assert owed(anna) == Decimal("200.00")
    buys(cast, shop, friend, (shop.chair, 1), when=at(4))
    assert owed(anna) == Decimal("225.00")
    assert [(one["client_id"], one["amount"]) for one in told("FriendBought")] == [
        (anna.pk, "200.00"),
        (anna.pk, "25.00"),
    ]

    Return.objects.create(
        order=first, number=1, operation=uuid.uuid4(), state="received", sum=Decimal("1000.00"), place=shop.place
    )
    referring.recount(friend.pk, now=at(5))
    assert owed(anna) == Decimal("125.00")

    operation = uuid.uuid4()
    with pytest.raises(Conflict):  # the sum that he saw is of yesterday
        referral_payouts.pay_out(
            actor=cast.owner, client=anna.public_id, operation=operation, now=at(6), agreed=Decimal(225)
        )
    paid = [
        referral_payouts.pay_out(actor=cast.owner, client=anna.public_id, operation=operation, now=at(6))
        for _turn in range(2)
    ]
    assert paid[0].pk == paid[1].pk
    other = make_client(cast.owner, name="Ольга", phone="+79135550099")
    with pytest.raises(Conflict) as refusal:
        referral_payouts.pay_out(actor=cast.owner, client=other.public_id, operation=operation, now=at(6))
    assert refusal.value.code == "reused"
    assert (paid[0].amount, paid[0].code.client_id, paid[0].code.promo.amount) == (125, anna.pk, 125)
    with pytest.raises(Conflict):
        referral_payouts.pay_out(actor=cast.owner, client=anna.public_id, operation=uuid.uuid4(), now=at(6))
    dropped = buys(cast, shop, friend, when=at(7), delivered=False, paid=False)
    orders.cancel(dropped.public_id, "нет", actor=cast.owner, now=at(7))
    Order.objects.filter(pk=first.pk).update(phase="cancelled")
    referring.recount(friend.pk, now=at(8))
    assert owed(anna) == Decimal("-100.00")  # taken back by what friends buy next
    assert ReferralPayout.objects.count() == 1
    report = queries.report(cast.owner, queries.Ask())
    assert (report.friends, report.buyers, report.orders, report.bought, report.earned, report.paid) == (
        1, 1, 1, 250, 25, 125,
    )  # fmt: skip


def test_the_first_link_counts_as_long_as_the_company_says_and_only_for_who_is_new(cast, shop, site, anna):
    boris = make_client(cast.owner, name="Борис", phone="+79130000002")
    terms(cast, touch_days=7)
    first, second = link_of(cast, anna), link_of(cast, boris)
    visit = came(site, first, when=at(-24 * 6))
    visitor = visit.visitor
    visit_of(site, looks(second), at=at(-24 * 5), visitor=visitor)
    visit_of(site, looks("zzzzzzzzzzzz"), at=at(-24), visitor=visitor)
    visitor.refresh_from_db()
    assert visitor.referral_code == first
    visit_of(site, looks(second), at=at(24 * 2), visitor=visitor)
    visitor.refresh_from_db()
    assert visitor.referral_code == second  # the first one is forgotten by then
    old = came(site, first, when=at(-24 * 20)).visitor
    visit_of(site, says("+79135550009", "Поздний"), at=NOW, visitor=old)
    judging.judge_due(now=at(2))
    assert not Referral.objects.exists()  # too late

    buyer = make_client(cast.owner, name="Старый", phone="+79135550010")
    buys(cast, shop, buyer, when=at(-24))
    came(site, first, {"kind": "identify", "phone": "+79135550010"})
    assert not Referral.objects.exists()  # he had ordered before
    with pytest.raises(Conflict) as refused:
        referring.refer(actor=cast.owner, touch=referring.Touch(first, NOW), friend_id=buyer.pk, now=NOW)
    assert refused.value.code == "old_client"

    known = make_client(cast.owner, name="Подписчик", email="sub@kuhnya.ru")
    Client.objects.filter(pk=known.pk).update(made_at=at(-24 * 8))
    came(site, first, {"kind": "identify", "email": "sub@kuhnya.ru"})
    row = Referral.objects.get(friend=known)
    assert (row.state, row.reasons) == ("held", ["unproven"])  # anybody may type his address
    with pytest.raises(Conflict) as refused:
        referring.refer(actor=cast.owner, touch=referring.Touch(second, NOW), friend_id=known.pk, now=NOW)
    assert refused.value.code == "brought"


def test_whoever_types_the_contact_of_a_client_who_came_meanwhile_waits_for_a_person(cast, shop, site, anna):
    terms(cast)
    code = link_of(cast, anna)
    visitor = came(site, code, when=at(-3)).visitor
    meanwhile = make_client(cast.owner, name="Новенькая", phone="+79135550071")
    Client.objects.filter(pk=meanwhile.pk).update(made_at=at(-2))
    visit_of(site, {"kind": "identify", "phone": "+79135550071"}, at=at(-1), visitor=visitor)
    judging.judge_due(now=NOW)
    row = Referral.objects.get(friend=meanwhile)
    assert (row.state, row.reasons) == ("held", ["unproven"])

    visit_of(site, says("+79135550072", "Другая"), at=at(-2))  # a stranger, whose card a form of his own has made
    judging.judge_due(now=at(-1))
    other = Client.objects.get(name__contains="Другая")
    came(site, code, says("+79135550072", "Другая"))
    assert Referral.objects.get(friend=other).reasons == ["unproven"]

    InboxChannel.objects.create(channel="form", source="", is_sorted=True)
    came(site, code, says("+79135550073", "Третья"))
    lead = InboxLead.objects.get(state="waiting")
    people.record_touch(actor=cast.owner, touch=inbox.touch_of(lead), now=at(2), by_hand=True)
    hear(cast.company_id, "site.request_sorted")
    judging.judge_due(now=at(3))
    third = Referral.objects.get(friend__name__contains="Третья")
    assert (third.state, third.reasons) == ("active", [])  # sorted later, the card is of his own form all the same


def beside(act, failures):
    """Return a thread that does something; what it raises is kept."""

    def run():
        try:
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    return threading.Thread(target=run)


def wait_till_blocked(cursor):
    """Wait till somebody waits for what this transaction holds."""
    till = time.monotonic() + 20
    while time.monotonic() < till:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_who_brought_a_friend_is_waited_for_before_the_friends_visitor_is_held():
    found = make_company(now=NOW - timedelta(days=9))
    inside, failures = partial(company_context, found.company_id, employee_id=found.owner.employee_id), []
    with inside(), transaction.atomic():
        terms(found)
        site = make_site(found.owner, NOW - timedelta(days=8))
        anna = make_client(found.owner, name="Анна")
        visit = visit_of(site, looks(link_of(found, anna)), says(), at=NOW)

    def look():
        with inside():
            judging.judge(visit.pk, now=at(1))

    looker = beside(look, failures)
    with inside(), transaction.atomic(), connection.cursor() as cursor:
        queries_of_people.lock_clients([anna.pk])
        looker.start()
        wait_till_blocked(cursor)
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
        assert naming.lock_visitor(visit.visitor_id) is not None  # else two who brought each other end in a deadlock
    looker.join(20)
    assert not failures
    with inside(), transaction.atomic():
        assert Referral.objects.get().referrer_id == anna.pk


def test_who_brings_himself_is_held_for_a_person_and_not_paid(cast, shop, site, anna):
    terms(cast)
    code = link_of(cast, anna)
    twin = make_client(cast.owner, name="Анна О.", phone="+79130000001")
    row = referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=twin.pk, now=NOW)
    assert (row.state, row.reasons) == ("held", ["phone"])
    assert [one["reasons"] for one in told("ReferralHeld")] == ["phone"]
    buys(cast, shop, twin, (shop.table, 1), when=at(1))
    balance = queries.balances([anna.pk])[anna.pk]
    assert (balance.earned, balance.held, balance.owed) == (0, 100, 0)
    manager = add_person(cast.owner, "manager")
    for act in (
        lambda who: referring.judge(actor=who, public_id=row.public_id, what="accept", now=NOW),
        lambda who: referral_payouts.pay_out(actor=who, client=anna.public_id, operation=uuid.uuid4(), now=NOW),
    ):
        with pytest.raises(Denied):
            act(manager)
    assert owed(anna) == 0
    for what, sum_owed in (("accept", 100), ("refuse", 0), ("wait", 0), ("accept", 100)):
        referring.judge(actor=cast.owner, public_id=row.public_id, what=what, now=NOW)
        assert owed(anna) == sum_owed

    own = make_client(cast.owner, name="Сама", phone="+79130000077")
    mine = link_of(cast, own)
    held = referring.refer(actor=cast.owner, touch=referring.Touch(mine, NOW), friend_id=own.pk, now=NOW)
    assert held.reasons == ["same_client"]
    with pytest.raises(Conflict):
        referring.judge(actor=cast.owner, public_id=held.public_id, what="accept", now=NOW)

    # The address of an order, and one browser, are known later than the friend.
    buys(cast, shop, anna, when=at(1), city="Москва", address="ул. Ленина, д. 5, кв. 7")
    near = make_client(cast.owner, name="Сосед", phone="+79130000078")
    late = referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=near.pk, now=NOW)
    assert late.state == "active"
    buys(cast, shop, near, when=at(2), city="москва", address="Ленина 5-7")
    late.refresh_from_db()
    assert (late.state, late.reasons) == ("held", ["address"])

    browser = visit_of(site, {"kind": "identify", "phone": "+79130000077"}, at=at(1)).visitor
    judging.judge_due(now=at(2))
    other = make_client(cast.owner, name="Другой", phone="+79130000079")
    naming.bind(browser.pk, other.pk, False, at(2))
    assert Visitor.objects.filter(client=other).exists()
    fresh = referring.refer(actor=cast.owner, touch=referring.Touch(mine, NOW), friend_id=other.pk, now=NOW)
    assert fresh.reasons == ["device"]


def test_a_colleague_who_names_the_code_of_his_own_card_waits_for_a_person(cast, anna):
    terms(cast)
    manager = add_person(cast.owner, "manager")
    User.objects.filter(pk=Employee.objects.get(pk=manager.employee_id).user_id).update(email="manager@kuhnya.ru")
    mine = make_client(cast.owner, name="Менеджер", email="Manager@kuhnya.ru")
    friends = [make_client(cast.owner, name=f"Новый {n}", phone=f"+7913555010{n}") for n in (1, 2, 3)]
    found = [
        referring.refer(actor=actor, touch=referring.Touch(link_of(cast, whose), NOW), friend_id=friend.pk, now=NOW)
        for (actor, whose), friend in zip(
            ((manager, mine), (manager, anna), (cast.owner, mine)), friends, strict=True
        )
    ]
    assert [(one.state, one.reasons) for one in found] == [("held", ["employee"]), ("active", []), ("active", [])]
    browser = Browser()
    sign_in(browser, cast.owner)
    page = browser.get("/referrals/?state=held").content.decode()
    assert "привёл его сам сотрудник, назвавший код" in page


def test_joined_cards_keep_one_friend_and_find_who_brought_himself(cast, shop, anna):
    terms(cast)
    boris = make_client(cast.owner, name="Борис", phone="+79130000002")
    one, two = (make_client(cast.owner, name=f"Друг {n}", phone=f"+7913555002{n}") for n in (1, 2))
    for client, code in ((one, link_of(cast, anna)), (two, link_of(cast, boris))):
        referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=client.pk, now=NOW)
        buys(cast, shop, client, (shop.table, 1), when=at(1))
    people.merge_clients(actor=cast.owner, survivor_id=one.pk, other_ids=[two.pk], chosen={}, now=NOW)
    referring.recount(one.pk, now=at(2))
    assert (owed(anna), owed(boris)) == (Decimal(200), 0)
    assert ReferralGain.objects.count() == 2
    people.merge_clients(actor=cast.owner, survivor_id=anna.pk, other_ids=[one.pk], chosen={}, now=NOW)
    mine = Referral.objects.get(referrer=anna)
    assert (mine.friend_id, mine.state) == (anna.pk, "held")
    assert owed(anna) == 0


def test_links_lead_to_the_companys_page_only_and_guesses_are_shut_out(cast, site, anna, client):
    terms(cast)
    code = link_of(cast, anna)
    browser = Browser()
    answer = browser.get(f"/r/{code}/?to=https://evil.example/&vf=zzz")
    assert (answer.status_code, answer["Location"]) == (302, f"https://shop.example/?from=friends&vf={code}")
    assert answer["Referrer-Policy"] == "no-referrer"
    terms(cast, page="")
    assert queries.link_url(code).endswith(f"/r/{code}/")
    shown = browser.get(f"/r/{code}/")
    assert shown.status_code == 200
    assert code in shown.content.decode()
    assert "Анна" not in shown.content.decode()  # whose link it is, is not told
    assert browser.get("/r/zzzzzzzzzzzz/").status_code == 404
    assert {browser.get("/r/zzzzzzzzzzzz/").status_code for _turn in range(40)} == {404, 429}
    assert browser.get(f"/r/{code}/").status_code == 429
    for page in ("javascript:alert(1)", "//evil.example", "https://a b/", "https://me@shop.example/", "shop.example"):
        with pytest.raises(Invalid) as refused:
            terms(cast, page=page)
        assert "page" in refused.value.fields
    cache.clear()
    stranger = make_company()
    with company_context(stranger.company_id, employee_id=stranger.owner.employee_id):
        terms(stranger)
        friend = make_client(stranger.owner, name="Чужой друг", phone="+79139990001")
        with pytest.raises(NotFound):
            referring.refer(actor=stranger.owner, touch=referring.Touch(code, NOW), friend_id=friend.pk, now=NOW)
        theirs = make_site(stranger.owner, NOW)
        visit = visit_of(theirs, looks(code), at=NOW)
        assert visit.visitor.referral_code == ""
    save_terms(actor=cast.owner, draft=TermsDraft(is_on=False), now=NOW)
    assert visit_of(site, looks(code), at=NOW).visitor.referral_code == ""
    assert Browser().get(f"/r/{code}/", REMOTE_ADDR="10.9.9.9").status_code == 404


def test_pages_show_judge_and_pay(cast, shop, anna):
    terms(cast, pays="note")
    browser = Browser()
    sign_in(browser, cast.owner)
    card = f"/referrals/of/{anna.public_id}/"
    assert browser.post(f"{card}act/", {"what": "link"}).status_code == 302
    code = queries.link_code(anna.pk)
    assert code in browser.get(card).content.decode()
    twin = make_client(cast.owner, name="Анна О.", phone="+79130000001")
    named = {"what": "name", "code": code.upper()}
    assert browser.post(f"/referrals/of/{twin.public_id}/act/", named).status_code == 302
    row = Referral.objects.get()
    buys(cast, shop, twin, (shop.table, 1), when=at(1))
    listed = browser.get("/referrals/?state=held").content.decode()
    assert "Анна О." in listed
    assert "телефон" in listed
    browser.post(f"/referrals/{row.public_id}/judge/", {"what": "accept", "back": "/referrals/?state=held"})
    owing = browser.get("/referrals/payouts/").content.decode()
    assert "100" in owing
    assert 'name="note"' in owing
    sent = {"what": "pay", "sum": "100.00", "operation": str(uuid.uuid4()), "note": "на карту"}
    for _turn in range(2):
        browser.post(f"{card}act/", sent)
    assert [(one.amount, one.way, one.note) for one in ReferralPayout.objects.all()] == [(100, "note", "на карту")]
    assert "на карту" in browser.get(card).content.decode()
    terms(cast)
    buys(cast, shop, twin, (shop.table, 1), when=at(2))
    by_code = {"what": "pay", "from": "list", "sum": "100.00", "operation": str(uuid.uuid4()), "note": "к юбилею"}
    assert browser.post(f"{card}act/", by_code)["Location"] == "/referrals/payouts/"
    made = ReferralPayout.objects.get(way="code")
    assert f"{made.code.code} · к юбилею" in browser.get(card).content.decode()


def test_letters_and_the_page_of_the_order_give_the_link(cast, shop, anna):
    template = Template(subject="Друзьям", body="Ссылка: {{ client.referral_link }}.", html="")
    client_ids = [anna.pk, shop.client.pk]

    def written():
        values = values_of_many(client_ids, cast.owner)
        return [one.body for one in render_letters(template, [("a@b.ru", values[pk]) for pk in client_ids])]

    assert written() == ["Ссылка: .", "Ссылка: ."]  # the programme is off
    terms(cast, page="")
    first = written()
    assert first == written()
    assert first[0] == f"Ссылка: {queries.link_url(queries.link_code(anna.pk))}."
    looked = preview_letter(actor=cast.owner, subject="", body=template.body, client_id=shop.client.pk)
    assert looked.body == "Ссылка: https://…."

    order = make_order(cast.owner, _shop_of(shop, make_client(cast.owner, name="Игорь")), now=NOW)
    page, browser = f"/o/{orders.token_of(order)}/", Browser()
    assert "10 %" in browser.get(f"{page}?lang=ru").content.decode().replace("\xa0", " ")
    assert queries.link_code(order.client_id) == ""  # looking makes nothing
    shown = browser.post(f"{page}friend/?lang=ru", follow=True).content.decode()
    assert queries.link_url(queries.link_code(order.client_id)) in shown


def test_a_look_at_a_campaign_makes_no_links_and_counts_its_sms_as_they_will_be(cast, shop, anna):
    terms(cast, page="https://shop.example/")
    text = f"{'Приводите друзей! ' * 5}{{{{ client.referral_link }}}}"  # in two parts for the sake of the link
    row = make_campaign(cast.owner, now=NOW, channel="sms", text=text)
    client_ids = [anna.pk, shop.client.pk]

    def drafts(**how):
        return freezing.drafts_of(row, cast.owner, client_ids, now=NOW, **how)

    assert campaigns.check(actor=cast.owner, row=row, now=NOW).seen == 2
    [shown] = campaigns.preview(actor=cast.owner, row=row, client_id=anna.pk)
    browser = Browser()
    sign_in(browser, cast.owner)
    page = browser.get(f"/campaigns/{row.public_id}/?client={anna.public_id}")
    assert page.status_code == 200
    looked = drafts(is_look=True)
    assert not ReferralLink.objects.exists()
    made = drafts()
    assert ReferralLink.objects.count() == 2
    assert queries.link_code(anna.pk) in made[0].body
    assert [(one.parts, len(one.body)) for one in looked] == [(one.parts, len(one.body)) for one in made]
    assert (shown.parts, len(shown.text.body)) == (made[0].parts, len(made[0].body))
    terms(cast, is_on=False)
    assert "http" not in drafts(is_look=True)[0].body  # a programme that is off gives no links


def test_the_code_may_be_named_in_the_order_form(cast, shop, anna):
    terms(cast, page="")
    code = link_of(cast, anna)
    save_shop_page(ShopPageDraft(is_on=True), actor=cast.owner)
    form = f"/order/{get_company_rules().form_key}/"
    browser = Browser()
    landing = browser.get(f"/r/{code}/").content.decode()
    assert f"{form}?vf={code}" in landing
    assert code in browser.get(f"{form}?vf={code}").content.decode()
    for phone, named in (("+79135550031", "ерунда"), ("+79135550032", code)):
        sent = {
            "name": "Ольга", "phone": phone, "consent": "yes", "operation": str(uuid.uuid4()), "filled_seconds": "60",
            f"n-{shop.chair.public_id}": "1", "friend": named,
            "delivery": DeliveryMethod.objects.get(kind="pickup").public_id,
        }  # fmt: skip
        answer = browser.post(form, sent)
        assert answer.status_code == 303, answer.context["problems"]
    row = Referral.objects.get()
    assert (row.referrer_id, row.way, row.state) == (anna.pk, "form", "active")
    order = Order.objects.get(client_id=row.friend_id)
    Order.objects.filter(pk=order.pk).update(paid=order.total, delivered_at=NOW)
    referring.recount(row.friend_id, now=at(9))
    assert owed(anna) == Decimal("25.00")


def test_anybody_may_type_a_contact_into_the_order_form_so_a_card_that_was_here_waits_for_a_person(cast, shop, anna):
    terms(cast, page="")
    save_shop_page(ShopPageDraft(is_on=True), actor=cast.owner)
    stranger = make_client(cast.owner, name="Подписчица", phone="+79135550041")
    sent = {
        "name": "Ольга", "phone": "+79135550041", "consent": "yes", "operation": str(uuid.uuid4()),
        "filled_seconds": "60", f"n-{shop.chair.public_id}": "1", "friend": link_of(cast, anna),
        "delivery": DeliveryMethod.objects.get(kind="pickup").public_id,
    }  # fmt: skip
    assert Browser().post(f"/order/{get_company_rules().form_key}/", sent).status_code == 303
    row = Referral.objects.get(friend=stranger)
    assert (row.state, row.reasons) == ("held", ["unproven"])
    buys(cast, shop, stranger, (shop.table, 1), when=at(1))
    assert owed(anna) == 0


def test_a_promo_of_payouts_that_was_changed_since_pays_nobody(cast, shop, anna):
    terms(cast)
    friend = make_client(cast.owner, name="Друг", phone="+79135550051")
    referring.refer(actor=cast.owner, touch=referring.Touch(link_of(cast, anna), NOW), friend_id=friend.pk, now=NOW)

    def paid(hour):
        buys(cast, shop, friend, (shop.chair, 1), when=at(hour))
        return referral_payouts.pay_out(
            actor=cast.owner, client=anna.public_id, operation=uuid.uuid4(), now=at(hour)
        ).code.promo

    first = paid(1)
    assert paid(2).pk == first.pk
    draft = PromoDraft(name="Скидка", amount=Decimal(25), is_percent=True)
    save_promo(actor=cast.owner, draft=draft, now=at(3), public_id=first.public_id)
    other = paid(4)
    assert (other.amount, other.is_percent) == (25, False)
    draft = PromoDraft(name="Скидка", amount=Decimal(25), is_percent=False, minimum=Decimal(10_000))
    save_promo(actor=cast.owner, draft=draft, now=at(5), public_id=other.public_id)
    assert paid(6).minimum == 0


def test_cards_parted_again_give_each_referrer_his_own_and_an_old_client_is_no_friend(cast, shop, anna):
    terms(cast)
    boris = make_client(cast.owner, name="Борис", phone="+79130000002")
    one, two = (make_client(cast.owner, name=f"Друг {n}", phone=f"+7913555002{n}") for n in (1, 2))
    for client, code in ((one, link_of(cast, anna)), (two, link_of(cast, boris))):
        referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=client.pk, now=NOW)
        buys(cast, shop, client, (shop.table, 1), when=at(1))
    run = people.merge_clients(actor=cast.owner, survivor_id=one.pk, other_ids=[two.pk], chosen={}, now=NOW)
    hear(cast.company_id, "orders.referral_cards")
    assert (owed(anna), owed(boris)) == (Decimal(200), 0)
    people.undo_merge(actor=cast.owner, public_id=run.public_id, now=NOW)
    hear(cast.company_id, "orders.referral_cards")
    assert (owed(anna), owed(boris)) == (Decimal(100), Decimal(100))

    known = make_client(cast.owner, name="Давний", phone="+79135550033")
    buys(cast, shop, known, when=at(-48))
    people.merge_clients(actor=cast.owner, survivor_id=known.pk, other_ids=[two.pk], chosen={}, now=NOW)
    hear(cast.company_id, "orders.referral_cards")
    row = Referral.objects.get(friend=known)
    assert (row.state, row.reasons) == ("held", ["old_client"])
    assert owed(boris) == 0


def test_the_friend_finds_his_gift_in_letters_and_on_the_page_of_his_order_and_timelines_tell_all(cast, shop, anna):
    gift = make_batch(cast.owner, 1, now=NOW - timedelta(days=7), amount=300)
    terms(cast, gift=PromoCode.objects.get(code=gift[0]).promo.public_id)
    friend = make_client(cast.owner, name="Пётр Новиков", phone="+79135550041")
    order = make_order(cast.owner, _shop_of(shop, friend), (shop.table, 1), now=NOW)
    page, browser = f"/o/{orders.token_of(order)}/?lang=ru", Browser()
    assert "Подарок от вашего друга" not in browser.get(page).content.decode()
    touch = referring.Touch(link_of(cast, anna), NOW)
    code = referring.refer(actor=cast.owner, touch=touch, friend_id=friend.pk, now=NOW).gift_code
    assert code is not None

    template = Template(subject="Другу", body="Код: {{ client.friend_code }}.", html="")

    def written():
        values = values_of_many([friend.pk, anna.pk], cast.owner)
        return [one.body for one in render_letters(template, [("a@b.ru", values[pk]) for pk in (friend.pk, anna.pk)])]

    assert written() == [f"Код: {code.code}.", "Код: ."]
    shown = browser.get(page).content.decode().replace("\xa0", " ")
    assert code.code in shown
    assert "скидка 300 ₽ по коду, до" in shown
    PromoCode.objects.filter(pk=code.pk).update(used=1)
    assert written() == ["Код: .", "Код: ."]
    assert code.code not in browser.get(page).content.decode()

    buys(cast, shop, friend, (shop.table, 1), when=at(1))
    referral_payouts.pay_out(actor=cast.owner, client=anna.public_id, operation=uuid.uuid4(), now=at(2))
    referring.judge(actor=cast.owner, public_id=Referral.objects.get().public_id, what="refuse", now=at(3))

    def lines(client, actor):
        with translation.override("ru"):
            found, _place = timeline.read_told(client.pk, actor=actor, tab="friends")
        return [(strip_tags(told.head).replace("\xa0", " "), told.url) for _event, told in found]

    his, hers = lines(friend, cast.owner), lines(anna, cast.owner)
    assert [one.split(" · ")[0] for one, _url in his] == [
        "друг, который его привёл, не признан", "пришёл по приглашению друга",
    ]  # fmt: skip
    assert his[-1] == ("пришёл по приглашению друга · Анна Орлова", f"/clients/{anna.public_id}/")
    assert [one for one, _url in hers][1:] == [
        "заработал 100 ₽ на заказе друга · Пётр Новиков", "привёл друга · Пётр Новиков",
    ]  # fmt: skip
    assert hers[0][0].startswith("выплачено за друзей 100 ₽, промокодом")
    storekeeper = add_person(cast.owner, "storekeeper")  # sees no promo codes, so nothing of friends
    assert lines(anna, storekeeper) == []


def test_automations_begin_when_a_friend_comes_buys_or_looks_odd_and_lists_find_both(cast, shop, anna):
    rest = node(1, "wait", {"minutes": 600})
    made = {
        kind: make_automation(cast.owner, {"kind": f"loyalty.{kind}"}, rest, now=at(-48), name=kind)
        for kind in ("friend_came", "friend_bought", "referral_held")
    }
    terms(cast)
    code = link_of(cast, anna)
    friend = make_client(cast.owner, name="Пётр Новиков", phone="+79135550051")
    twin = make_client(cast.owner, name="Анна О.", phone="+79130000001")
    make_client(cast.owner, name="Прохожий", phone="+79135550052")
    for one in (friend, twin):
        referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=one.pk, now=NOW)
    go(cast.company_id, NOW)
    buys(cast, shop, friend, (shop.table, 1), when=at(1))
    go(cast.company_id, at(1))
    walked = {
        kind: set(Run.objects.filter(automation=row).values_list("subject_id", flat=True))
        for kind, row in made.items()
    }
    assert walked == {
        "friend_came": {friend.pk}, "friend_bought": {anna.pk}, "referral_held": {twin.pk},
    }  # fmt: skip

    def listed(wanted):
        return set(audience_page(cast.owner, f"f.friends={wanted}", after=0, up_to=2**31, limit=100))

    assert (listed("brought"), listed("brings")) == ({friend.pk, twin.pk}, {anna.pk})
    row = Referral.objects.get(friend=twin)
    referring.judge(actor=cast.owner, public_id=row.public_id, what="refuse", now=at(2))
    assert (listed("brought"), listed("brings")) == ({friend.pk}, {anna.pk})
    with pytest.raises(ValueError, match=r"."):
        match_friends("nobody")


def test_who_is_erased_leaves_sums_without_names_and_takes_his_own_data_along_before(cast, shop, anna):
    terms(cast, pays="note")
    code = link_of(cast, anna)
    friend = make_client(cast.owner, name="Пётр Новиков", phone="+79135550061")
    referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=friend.pk, now=NOW)
    buys(cast, shop, friend, (shop.table, 1), when=at(1))
    referral_payouts.pay_out(
        actor=cast.owner, client=anna.public_id, operation=uuid.uuid4(), now=at(2), note="на карту Анны"
    )
    buys(cast, shop, friend, (shop.table, 1), when=at(3))
    [stake] = [one for one in stakes.stakes_in("client") if one.part == "loyalty"]
    hers, his = list(stake.export([anna.pk])), list(stake.export([friend.pk]))
    assert [next(iter(one)) for one in hers] == ["referral_link", "brought_a_friend", "paid_for_friends"]
    assert (hers[0]["referral_link"], hers[2]["paid_for_friends"], hers[2]["note"]) == (
        code,
        "100.00",
        "на карту Анны",
    )
    assert [next(iter(one)) for one in his] == ["was_brought"]
    assert "Новиков" not in str(hers)
    assert "Орлова" not in str(his)  # of another person nothing is given

    bin_client(actor=cast.owner, client_id=anna.pk, now=at(4))
    erase_old(now=at(24 * 40))
    row, line = Referral.objects.get(), ReferralPayout.objects.get()
    assert (row.referrer_id, row.friend_id, line.referrer_id, line.note) == (None, friend.pk, None, "")
    assert queries.link_owner(code) is None
    assert Browser().get(f"/r/{code}/").status_code == 404
    assert list(stake.export([anna.pk])) == []
    report = queries.report(cast.owner, queries.Ask())
    assert (report.friends, report.earned, report.paid) == (1, 200, 100)  # the money stays as it was
    assert queries.owed_to()[0] == []  # and nobody is to be paid any more
    browser = Browser()
    sign_in(browser, cast.owner)
    page = browser.get("/referrals/").content.decode()
    assert "Новиков" in page
    assert "Орлова" not in page

    bin_client(actor=cast.owner, client_id=friend.pk, now=at(24 * 41))
    erase_old(now=at(24 * 80))
    assert Referral.objects.get().friend_id is None
    assert ReferralGain.objects.count() == 2


def test_orders_of_an_erased_friend_come_back_and_are_paid_as_those_of_any_other(cast, shop, anna):
    terms(cast)
    friend = make_client(cast.owner, name="Пётр Новиков", phone="+79135550081")
    referring.refer(actor=cast.owner, touch=referring.Touch(link_of(cast, anna), NOW), friend_id=friend.pk, now=NOW)
    first = buys(cast, shop, friend, (shop.table, 2), when=at(1))
    unpaid = buys(cast, shop, friend, (shop.chair, 1), when=at(2), paid=False)
    referral_payouts.pay_out(actor=cast.owner, client=anna.public_id, operation=uuid.uuid4(), now=at(3))
    hear(cast.company_id, "orders.referral_gains")
    bin_client(actor=cast.owner, client_id=friend.pk, now=at(4))
    erase_old(now=at(24 * 40))
    assert Referral.objects.get().friend_id is None
    assert owed(anna) == 0

    Return.objects.create(
        order=first, number=1, operation=uuid.uuid4(), state="received", sum=Decimal("1000.00"), place=shop.place
    )
    orders.note_paid(unpaid.pk, unpaid.total, now=at(24 * 41))
    hear(cast.company_id, "orders.referral_gains")
    assert owed(anna) == Decimal("-75.00")  # 100 taken back of the table, 25 for the chair that was paid later


@pytest.mark.django_db(transaction=True)
def test_two_clients_paid_at_once_by_one_press_are_one_payout_and_a_refusal():
    found = make_company(now=NOW - timedelta(days=9))
    inside, failures = partial(company_context, found.company_id, employee_id=found.owner.employee_id), []
    with inside(), transaction.atomic():
        terms(found)
        shop = make_shop(found.owner, now=NOW - timedelta(days=8))
        owners = [make_client(found.owner, name=f"Хозяин {n}", phone=f"+7913555009{n}") for n in (1, 2)]
        for n, owner in enumerate(owners, start=3):
            friend = make_client(found.owner, name=f"Друг {n}", phone=f"+7913555009{n}")
            touch = referring.Touch(link_of(found, owner), NOW)
            referring.refer(actor=found.owner, touch=touch, friend_id=friend.pk, now=NOW)
            buys(found, shop, friend, (shop.table, 1), when=at(1))
    operation = uuid.uuid4()

    def pay(owner):
        with inside(), transaction.atomic():
            referral_payouts.pay_out(actor=found.owner, client=owner.public_id, operation=operation, now=at(2))

    second = beside(partial(pay, owners[1]), failures)
    with inside(), transaction.atomic(), connection.cursor() as cursor:
        pay(owners[0])
        second.start()
        wait_till_blocked(cursor)
    second.join(20)
    assert [getattr(one, "code", one) for one in failures] == ["reused"]
    with inside(), transaction.atomic():
        assert ReferralPayout.objects.get().referrer_id == owners[0].pk


def test_automations_begin_with_friends_that_count_and_not_with_those_a_person_has_to_judge(cast, shop, anna):
    terms(cast)
    code = link_of(cast, anna)
    came_by, bought = (
        make_automation(cast.owner, {"kind": kind}, node(1, "wait", {"minutes": 600}), now=at(-1))
        for kind in ("loyalty.friend_came", "loyalty.friend_bought")
    )
    twin = make_client(cast.owner, name="Анна О.", phone="+79130000001")
    friend = make_client(cast.owner, name="Друг", phone="+79135550061")
    for one in (twin, friend):
        referring.refer(actor=cast.owner, touch=referring.Touch(code, NOW), friend_id=one.pk, now=NOW)
        buys(cast, shop, one, (shop.table, 1), when=at(1))
    hear(cast.company_id)
    assert [one.subject_id for one in came_by.runs.all()] == [friend.pk]
    assert [one.subject_id for one in bought.runs.all()] == [anna.pk]

    held = Referral.objects.get(friend=twin)
    for turn, what in enumerate(("accept", "wait", "accept", "refuse", "accept"), start=1):
        for hours in (12, 24):  # whoever walked has come to the end and might begin anew
            go(cast.company_id, at(24 * turn + hours))
        referring.judge(actor=cast.owner, public_id=held.public_id, what=what, now=at(24 * turn + 24))
        hear(cast.company_id)
        assert (came_by.runs.count(), bought.runs.count()) == (2, 2)
    buys(cast, shop, twin, (shop.table, 1), when=at(24 * 7))
    assert {one.subject_id for one in came_by.runs.all()} == {friend.pk, twin.pk}
    assert [(one["friend_id"], one["amount"]) for one in told("FriendEarned")] == [
        (friend.pk, "100.00"), (twin.pk, "100.00"), (twin.pk, "100.00"),
    ]  # fmt: skip
