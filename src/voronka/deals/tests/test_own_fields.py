"""Own fields of deals: kept, asked for by presses and stages, found, hidden by roles, told in letters and files."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from voronka.accounts.models import Employee
from voronka.accounts.testing import sign_in
from voronka.deals import services
from voronka.deals.models import Deal, Press, Stage
from voronka.deals.queries import lists
from voronka.deals.queries.desk import get_deal
from voronka.deals.rules.buttons import Buttons
from voronka.deals.services import filling
from voronka.deals.services.locking import locked_deal
from voronka.deals.services.own_fields import set_own_fields
from voronka.deals.services.pressing import LIVE
from voronka.deals.services.required import FieldsNeeded
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit import facets, stakes
from voronka.kit.actors import Access, Actor
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.limits import limited_fields, shaded
from voronka.kit.models import Change, EventRow, StoredFile
from voronka.kit.timeline import read_told
from voronka.people import services as people
from voronka.people.models import Client
from voronka.people.queries import list_custom_fields, own_fields
from voronka.people.queries import lists as people_lists

HX = {"HTTP_HX_REQUEST": "true"}
FIELDS = (
    ("delivery", "Доставка", "choice", ("курьер", "самовывоз")),
    ("ready_on", "Готовность", "date", ()),
    ("length", "Длина", "number", ()),
    ("budget", "Бюджет", "money", ()),
    ("extras", "Опции", "choices", ("сборка", "подъём")),
    ("paid_part", "Аванс", "yes_no", ()),
    ("fitter", "Монтажник", "person", ()),
    ("place", "Адрес работ", "text", ()),
    ("contract", "Договор", "file", ()),
)


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop with own fields of deals of every kind, and a field of clients that has the code and name of one."""
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        for code, name, kind, options in FIELDS:
            people.add_field(actor=owner, name=name, kind=kind, options=options, subject="deal", code=code)
        people.add_field(actor=owner, name="Доставка", kind="text", code="delivery")
    return shop


def put(deal: Deal, **values: object) -> Deal:
    """Put values on a deal as the verb does."""
    locked = locked_deal(deal.public_id)
    set_own_fields(deal=locked, values=values, now=NOON)
    return locked


def demand(position: int, codes: list[str]) -> None:
    Stage.objects.filter(pipeline__code="new_lead", position=position).update(required_fields=codes)


def blind_to(actor: Actor, code: str, access: Access = Access.HIDDEN) -> Actor:
    return replace(actor, limits={code: access})


def asking(deal: Deal, step: dict[str, object]) -> None:
    """Let the button "next" of the deal's stage ask by one more step."""
    row = LIVE.first(stage_id=deal.stage_id)
    assert row is not None
    for one in row.buttons:
        if one["key"] == "next":
            one["outcomes"][0]["steps"].insert(0, step)
    Buttons.model_validate({"buttons": row.buttons})
    row.save(update_fields=["buttons"])


def changed_codes() -> list[list[str]]:
    rows = EventRow.objects.filter(name="deals.DealChanged").order_by("id")
    return [payload["fields"] for payload in rows.values_list("payload", flat=True)]


# -- kept -------------------------------------------------------------------------------------------------


def test_the_same_code_stands_for_clients_and_for_deals(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
        people.set_custom_fields(actor=owner, client_id=deal.client_id, values={"delivery": "до двери"}, now=NOON)
        put(deal, delivery="курьер")
        fresh = Deal.objects.select_related("client").get(pk=deal.pk)
        assert (fresh.fields, fresh.client.fields) == ({"delivery": "курьер"}, {"delivery": "до двери"})
        assert changed_codes() == [["custom.delivery"]]
        put(deal, delivery="курьер")
        assert len(changed_codes()) == 1, "what is not changed is told nobody"
        put(deal, delivery=None)
        assert Deal.objects.get(pk=deal.pk).fields == {}
        kept = Change.objects.filter(table="deals_deal", row_id=deal.pk).order_by("-id")[0].before
        assert kept["fields"] == {"delivery": "курьер"}
        blind = blind_to(owner, "deal.custom.delivery")
        assert "fields" not in shaded(blind, "deals_deal", kept)
        assert "fields" in shaded(blind_to(owner, "client.custom.delivery"), "deals_deal", kept)


def test_a_field_that_holds_a_value_is_but_put_away_by_a_set_up(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        put(make_deal(owner), delivery="курьер")
        gone = [
            people.FieldDraft(code=code, name=name, kind=kind, subject="deal")
            for code, name, kind, _options in FIELDS
        ]
        people.set_up_fields(actor=owner, add=[], drop=[one for one in gone if one.code in ("delivery", "length")])
        rows = {one.code: one.is_active for one in list_custom_fields(subject="deal", active=False)}
        assert rows["delivery"] is False
        assert "length" not in rows


# -- filled in beside the deal -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "kept"),
    [
        ("delivery", "курьер", "курьер"),
        ("ready_on", "03.12.2026", "2026-12-03"),
        ("length", "12,5", "12.5"),
        ("budget", "184 000", "184000.00"),
        ("extras", "сборка\nподъём", ["сборка", "подъём"]),
        ("paid_part", "yes", True),
        ("place", "Мира, 5", "Мира, 5"),
    ],
)
def test_each_kind_is_filled_in_beside_the_deal_and_emptied(shop: Shop, code: str, text: str, kept: object) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        given = {"actor": me, "deal_public_id": deal.public_id, "code": f"deal.custom.{code}", "now": NOON}
        filling.fill_in(**given, text=text, seen="")  # type: ignore[arg-type]  # one call, by name
        fresh = Deal.objects.get(pk=deal.pk)
        assert fresh.fields == {code: kept}
        with pytest.raises(Conflict):
            filling.fill_in(**given, text="", seen="прежнее")  # type: ignore[arg-type]  # one call, by name
        filling.fill_in(**given, text="", seen=None)  # type: ignore[arg-type]  # one call, by name
        assert Deal.objects.get(pk=deal.pk).fields == {}
        assert changed_codes() == [[f"custom.{code}"], [f"custom.{code}"]]


def test_a_wrong_value_is_said_at_its_place_and_a_shut_field_refused(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        given = {"deal_public_id": deal.public_id, "code": "deal.custom.length", "seen": None, "now": NOON}
        with pytest.raises(Invalid) as wrong:
            filling.fill_in(actor=me, text="много", **given)  # type: ignore[arg-type]  # one call, by name
        assert "value" in wrong.value.fields
        shut = blind_to(me, "deal.custom.length", Access.READ)
        with pytest.raises(Denied):
            filling.fill_in(actor=shut, text="5", **given)  # type: ignore[arg-type]  # one call, by name
        assert Deal.objects.get(pk=deal.pk).fields == {}


def test_the_desk_shows_own_fields_of_the_deal_first_and_takes_them_in_place(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        client = make_client(zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        deal = make_deal(me, client=client, now=datetime.now(UTC))
    browser = sign_in(Browser(), shop.cast.colleague)
    page = browser.get(f"/deals/{deal.public_id}/").content.decode()
    assert page.index("deal.custom.delivery") < page.index("deal.custom.budget") < page.index("fields/delivery")
    address = f"/deals/{deal.public_id}/fields/deal.custom.delivery"
    assert "самовывоз" in browser.get(address, **HX).content.decode()
    block = browser.post(address, {"value": "самовывоз", "seen": ""}, **HX)
    assert "самовывоз" in block.content.decode()
    assert browser.post(address, {"value": "голубем", "seen": "самовывоз"}, **HX).status_code == 422
    assert browser.get(f"/deals/{deal.public_id}/fields/deal.custom.nothing", **HX).status_code == 404


def test_a_file_of_the_deal_is_kept_given_replaced_and_removed(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
    browser = sign_in(Browser(), shop.cast.colleague)
    address = f"/deals/{deal.public_id}/fields/deal.custom.contract"
    empty = browser.post(address, {"kind": "file", "seen": ""}, **HX)
    assert empty.status_code == 422
    paper = SimpleUploadedFile("Договор 7.pdf", b"%PDF-1.7", content_type="application/pdf")
    block = browser.post(address, {"kind": "file", "seen": "", "value": paper}, **HX).content.decode()
    assert "Договор 7.pdf" in block
    with shop.as_(shop.cast.colleague):
        kept = StoredFile.objects.get(subject_kind="deal", subject_id=deal.pk)
        assert Deal.objects.get(pk=deal.pk).fields == {"contract": kept.public_id}
    given = browser.get(f"/deals/{deal.public_id}/files/{kept.public_id}/")
    assert given["Content-Disposition"].startswith("attachment")
    assert b"".join(given.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]  # a stream
    no_other = browser.post(address, {"kind": "file", "seen": str(kept.public_id)}, **HX)
    assert no_other.status_code == 422, "saving without a file keeps the one that is there"
    stranger = sign_in(Browser(), shop.cast.stranger)
    assert stranger.get(f"/deals/{deal.public_id}/files/{kept.public_id}/").status_code == 404
    browser.post(address, {"kind": "file", "seen": str(kept.public_id), "drop": "1"}, **HX)
    with shop.as_(shop.cast.colleague):
        assert Deal.objects.get(pk=deal.pk).fields == {}
    assert browser.get(f"/deals/{deal.public_id}/files/{kept.public_id}/").status_code == 404


def test_a_file_of_another_deal_is_none_of_this_one(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        one, other = make_deal(me), make_deal(me, client=make_client("Borис"))
        source = io.BytesIO(b"x")
        filling.fill_file(
            actor=me, deal_public_id=one.public_id, code="deal.custom.contract", source=source, name="a.txt",
            content_type="text/plain", seen=None, now=NOON,
        )  # fmt: skip
        held = Deal.objects.get(pk=one.pk).fields["contract"]
        with pytest.raises(Invalid) as refused:
            filling.change_deal(actor=me, deal_public_id=other.public_id, fields={"contract": held}, now=NOON)
        assert set(refused.value.fields) == {"field_contract"}
        filling.change_deal(actor=me, deal_public_id=one.public_id, fields={"contract": held}, now=NOON)


def test_an_erased_client_leaves_no_values_and_no_files_of_deals(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = put(make_deal(owner), place="Мира, 5")
        filling.fill_file(
            actor=owner, deal_public_id=deal.public_id, code="deal.custom.contract", source=io.BytesIO(b"x"),
            name="a.txt", content_type="text/plain", seen=None, now=NOON,
        )  # fmt: skip
        for stake in stakes.stakes_in("client"):
            stake.erase([deal.client_id])
        assert Deal.objects.get(pk=deal.pk).fields == {}
        assert not StoredFile.objects.filter(subject_kind="deal").exists()


# -- made by hand -------------------------------------------------------------------------------------------


def test_a_deal_is_opened_by_hand_with_its_own_fields(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        client = make_client()
        pipeline = Stage.objects.filter(pipeline__code="new_lead")[0].pipeline.public_id
    browser = sign_in(Browser(), shop.cast.owner)
    page = browser.get(f"/deals/new/?client={client.public_id}").content.decode()
    assert 'name="field_delivery"' in page
    assert 'name="field_contract"' not in page, "a file needs its deal first"
    fitter = shop.cast.colleague
    with shop.as_(shop.cast.owner):
        named = Employee.objects.get(pk=fitter.employee_id).public_id
    form = {
        "client": client.public_id, "pipeline": pipeline, "title": "Шкаф", "amount": "", "responsible": "me",
        "first": "now", "field_delivery": "курьер", "field_ready_on": "2026-12-31", "field_length": "много",
        "field_extras": ["сборка"], "field_fitter": named,
    }  # fmt: skip
    wrong = browser.post("/deals/new/", form)
    assert wrong.status_code == 422
    assert "v-input-why" in wrong.content.decode()
    assert browser.post("/deals/new/", form | {"field_length": "3,5"}).status_code == 302
    with shop.as_(shop.cast.owner):
        made = Deal.objects.get(client=client)
    assert made.fields == {
        "delivery": "курьер", "ready_on": "2026-12-31", "length": "3.5", "extras": ["сборка"],
        "fitter": fitter.employee_id,
    }  # fmt: skip


# -- presses and stages ---------------------------------------------------------------------------------------


def test_a_press_asks_for_a_field_of_the_deal_and_its_undo_gives_it_back(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = put(make_deal(me), place="Мира, 5")
        asking(deal, {"kind": "deals.ask", "what": "deal", "deal_field": "paid_part", "required": True})
        with pytest.raises(services.NeedsAnswers) as asked:
            press(me, deal, "next")
        assert set(asked.value.fields) == {"deal_paid_part"}
        done = press(me, deal, "next", deal_paid_part="yes")
        assert "Аванс: yes" in [effect.words for effect in done.effects]
        assert Deal.objects.get(pk=deal.pk).fields == {"place": "Мира, 5", "paid_part": True}
        assert changed_codes()[-1] == ["custom.paid_part"]
        put(deal, length="5")
        services.undo(actor=me, press_id=done.press_id, now=NOON)
        assert Deal.objects.get(pk=deal.pk).fields == {"place": "Мира, 5", "length": "5"}
        again = press(me, deal, "next", deal_paid_part="yes")
        put(deal, paid_part=False)
        services.undo(actor=me, press_id=again.press_id, now=NOON)
        assert Deal.objects.get(pk=deal.pk).fields["paid_part"] is False, "what somebody changed since stays"
        page, _place = read_told(deal.client_id, actor=me, tab="changes")
        advance = [one.text for _event, one in page if "Аванс" in one.text]
        assert advance == [f"Аванс: {change}" for change in ("yes → no", "— → yes", "yes → —", "— → yes")]


def test_a_stage_demands_fields_of_the_deal_beside_those_of_the_client(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        demand(1, ["deal.custom.delivery", "delivery", "deal.custom.ready_on"])
        deal = put(make_deal(me), ready_on="2026-12-03")
        with pytest.raises(services.NeedsAnswers) as asked:
            press(me, deal, "next")
        assert set(asked.value.fields) == {"deal_delivery", "custom_delivery"}
        press(me, deal, "next", deal_delivery="курьер", custom_delivery="до двери")
        fresh = Deal.objects.select_related("client", "stage").get(pk=deal.pk)
        assert fresh.stage.position == 1
        assert fresh.fields == {"ready_on": "2026-12-03", "delivery": "курьер"}
        assert fresh.client.fields == {"delivery": "до двери"}


def test_a_demanded_file_of_the_deal_is_added_beside_it_first(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        demand(1, ["deal.custom.contract"])
        deal = make_deal(me)
        with pytest.raises(FieldsNeeded) as needed:
            press(me, deal, "next")
        assert "Договор" in needed.value.message
        assert not Press.objects.exists()
        filling.fill_file(
            actor=me, deal_public_id=deal.public_id, code="deal.custom.contract", source=io.BytesIO(b"x"),
            name="a.txt", content_type="text/plain", seen=None, now=NOON,
        )  # fmt: skip
        press(me, deal, "next")


def test_who_may_not_fill_a_demanded_field_of_the_deal_is_told_so(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        demand(1, ["deal.custom.delivery"])
        deal = make_deal(me)
        for access, is_named in ((Access.READ, True), (Access.HIDDEN, False)):
            with pytest.raises(FieldsNeeded) as needed:
                press(blind_to(me, "deal.custom.delivery", access), deal, "next")
            assert ("Доставка" in needed.value.message) is is_named


def test_the_settings_of_a_stage_offer_fields_of_both_under_headings(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        stage = Stage.objects.filter(pipeline__code="new_lead", position=1).get()
    browser = sign_in(Browser(), shop.cast.owner)
    address = reverse("deals:stage", args=[stage.public_id])
    page = browser.get(address).content.decode()
    assert page.index("deal.sum") < page.index("deal.custom.delivery") < page.index('value="delivery"')
    form = {
        "name": stage.name,
        "probability": "30",
        "norm_days": "",
        "required_fields": ["deal.custom.place", "delivery"],
    }
    assert browser.post(address, form).status_code == 302
    with shop.as_(shop.cast.owner):
        stage.refresh_from_db()
    assert stage.required_fields == ["deal.custom.place", "delivery"]
    assert browser.post(address, form | {"required_fields": ["deal.custom.nothing"]}).status_code == 422


# -- found ----------------------------------------------------------------------------------------------------


VALUES: dict[str, dict[str, object]] = {
    "А": {"delivery": "курьер", "ready_on": "2026-12-01", "length": "7", "extras": ["сборка"], "paid_part": True},
    "Б": {"delivery": "самовывоз", "ready_on": "2026-12-02", "length": "7.5", "extras": ["сборка", "подъём"]},
    "В": {"length": "-3", "budget": "150000.00", "place": "Мира 5", "paid_part": False},
    "Г": {"length": "1000", "place": 'Дом "Лес"'},
    "Д": {},
}
CASES = {
    "custom.delivery=курьер": "А",
    "custom.delivery=курьер|самовывоз": "АБ",
    "custom.delivery:not=курьер": "БВГД",
    "custom.delivery:empty=yes": "ВГД",
    "custom.delivery:empty=no": "АБ",
    "custom.ready_on=01.12.2026..02.12.2026": "АБ",
    "custom.ready_on=02.12.2026..": "Б",
    "custom.length=7..8": "АБ",
    "custom.length=..0": "В",
    "custom.length:not=7": "БВГД",
    "custom.budget=150000": "В",
    "custom.extras=подъём": "Б",
    "custom.paid_part=yes": "А",
    "custom.paid_part=no": "БВГД",
    "custom.fitter=me": "А",
    "custom.place=мира": "В",
    "custom.place=лес": "Г",
    "client.custom.delivery=двери": "Д",
}


@pytest.mark.parametrize("few", [5_000, 0], ids=["by indexes", "row by row"])
def test_each_kind_finds_deals_by_the_words_of_clients(shop: Shop, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_fields, "FEW", few)
    with shop.as_(shop.cast.owner) as owner:
        made = {name: make_deal(owner, client=make_client(name), title=name) for name in VALUES}
        for name, values in VALUES.items():
            put(made[name], **values)
        put(made["А"], fitter=owner.employee_id)
        Client.objects.filter(name="Д").update(fields={"delivery": "до двери"})
        for case, wanted in CASES.items():
            name, _sign, text = case.partition("=")
            text = str(owner.employee_id) if text == "me" else text
            found = lists.search_deals(owner, lists.Asked(filters={name: text}), now=NOON)
            assert not found.problems, case
            assert "".join(sorted(found.rows.values_list("title", flat=True))) == wanted, case


def test_another_company_is_never_found(shop: Shop) -> None:
    other = make_shop()
    with other.as_(other.cast.owner) as owner:
        people.add_field(actor=owner, name="Доставка", kind="text", code="delivery", subject="deal")
        put(make_deal(owner), delivery="курьер")
    with shop.as_(shop.cast.owner), connection.cursor() as cursor:
        cursor.execute("SELECT deals_own_search(%s::jsonb[], NULL, NULL, 10)", [['{"delivery": "курьер"}']])
        assert cursor.fetchall() == []
    with other.as_(other.cast.owner), connection.cursor() as cursor:
        cursor.execute("SELECT deals_own_search(NULL, NULL, 'КУРЬЕР', 10)")
        assert len(cursor.fetchall()) == 1


def test_pages_of_deals_show_filter_and_name_own_fields(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        put(make_deal(owner, client=make_client("Иванов")), delivery="курьер", length="1234.5")
        put(make_deal(owner, client=make_client("Петров")), delivery="самовывоз")
    browser = sign_in(Browser(), shop.cast.owner)
    for page in ("/deals/", "/deals/board/", "/deals/funnel/"):
        text = browser.get(page, {"f.custom.delivery": "курьер"}).content.decode()
        assert "Доставка" in text, page
        assert "Петров" not in text, page
    shown = browser.get("/deals/", {"columns": ["custom.length", "custom.delivery"]}).content.decode()
    assert "1\u202f234,5" in shown
    assert "самовывоз" in shown.split("<tbody")[-1]
    made = browser.get(
        "/deals/", {"add": "custom.delivery", "how": "not", "v": ["курьер"], "columns": "custom.length"}
    )
    assert made.status_code == 302
    assert "f.custom.delivery%3Anot=" in made["Location"]
    assert "columns=custom.length" in made["Location"]
    text = browser.get(made["Location"]).content.decode()
    assert "Петров" in text
    assert "Иванов" not in text


def test_the_list_stands_in_the_order_of_an_own_field_page_by_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "sorted_page", partial(lists.sorted_page, size=2))
    lengths = {"Пять": "5", "Ноль": None, "Один": "1.5", "Сорок": "40", "Нет": None}
    with shop.as_(shop.cast.owner) as owner:
        for name, length in lengths.items():
            put(make_deal(owner, client=make_client(name)), **({"length": length} if length else {}))
    browser = sign_in(Browser(), shop.cast.owner)

    def walked(sort: str) -> list[str]:
        found, address = [], f"/deals/?columns=custom.length&sort={sort}"
        while address:
            answer = browser.get(address)
            found += [row["client"] for row in answer.context["rows"]]
            address = answer.context["after"]
        return found

    assert walked("custom.length") == ["Один", "Пять", "Сорок", "Ноль", "Нет"]
    assert walked("-custom.length") == ["Сорок", "Пять", "Один", "Нет", "Ноль"]
    newest = ["Нет", "Сорок", "Один", "Ноль", "Пять"]
    assert walked("custom.nothing") == walked("id") == walked("") == newest
    page = browser.get("/deals/?columns=custom.length,client.custom.delivery&sort=custom.length")
    assert 'aria-sort="ascending"' in page.content.decode()
    assert [bool(url) for _column, url, _now in page.context["heads"]] == [True, False], "not by what clients have"
    assert "sort=-custom.length" in page.context["heads"][0][1]
    halved = "WyJcdWQ4MDAiLCAxXQ=="  # ["\\ud800", 1]: half of a letter, which no text of the database holds
    for place in ("custom.length&after=spoilt", f"custom.place&after={halved}"):
        assert browser.get(f"/deals/?sort={place}").status_code == 200
    file = browser.get("/deals/export/csv/?sort=-custom.length")
    lines = b"".join(file.streaming_content).decode().splitlines()[1:]  # type: ignore[attr-defined]  # a stream
    assert [next(name for name in lengths if name in line) for line in lines] == walked("-custom.length")
    with shop.as_(shop.cast.owner) as owner:
        known = facets.facets_of("deal", blind_to(owner, "deal.custom.length"))
    assert lists.order_of(lists.Asked(sort="custom.length"), known) is None, "an order would tell what is hidden"


def test_a_list_in_the_order_of_long_texts_goes_on_behind_them(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "sorted_page", partial(lists.sorted_page, size=1))
    letters = ("Ж" * 2_000, "🏠" * 2_000, "я" * 1_999 + "а")
    with shop.as_(shop.cast.owner) as owner:
        people.add_field(actor=owner, name="О себе", kind="text", code="about")
        for number, text in enumerate(letters):
            put(make_deal(owner, client=make_client(f"Клиент {number}")), place=text)
        Client.objects.filter(name="Клиент 0").update(fields={"about": letters[0]})
    browser = sign_in(Browser(), shop.cast.owner)

    def walked(address: str, key: str) -> list[str]:
        found: list[str] = []
        while address and len(found) < 9:
            assert len(address) < 4_000, "a server takes no longer line"
            answer = browser.get(address)
            found += [str(row["client"]) for row in answer.context["rows"]]
            address = answer.context[key]
        return found

    assert sorted(walked("/deals/?sort=custom.place", "after")) == ["Клиент 0", "Клиент 1", "Клиент 2"]
    assert walked("/deals/?sort=custom.place", "after") == walked("/deals/?sort=-custom.place", "after")[::-1]
    with shop.as_(shop.cast.owner) as owner:
        ask = people_lists.Ask(sort="custom.about")
        assert 0 < len(people_lists.read_page(owner, ask, size=1).after) < 4_000


def test_a_filter_by_a_field_put_away_or_hidden_says_so(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner)
        field = next(one for one in list_custom_fields(subject="deal", active=False) if one.code == "delivery")
        people.change_field(
            actor=owner, public_id=field.public_id, name=field.name, options=field.options, is_active=False
        )
    browser = sign_in(Browser(), shop.cast.owner)
    gone = browser.get("/deals/", {"f.custom.delivery": "курьер"})
    assert gone.status_code == 422
    assert "Доставка" in gone.content.decode()
    assert browser.get("/deals/", {"f.custom.never": "x"}).status_code == 422


def test_a_file_of_the_list_holds_own_fields_that_are_seen(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        put(make_deal(owner, client=make_client("Иванов")), delivery="курьер", length="12.5", ready_on="2026-12-31",
            fitter=owner.employee_id, extras=["сборка", "подъём"])  # fmt: skip
        for number in range(3):
            make_deal(owner, client=make_client(f"Петров {number}"))
    browser = sign_in(Browser(), shop.cast.owner)
    with CaptureQueriesContext(connection) as few:
        answer = browser.get("/deals/export/xlsx/")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # a stream
    rows = [list(row) for row in sheet.active.iter_rows(values_only=True)]  # type: ignore[union-attr]  # it has a sheet
    heads = rows[0]
    told = dict(zip(heads, next(row for row in rows if row[0] == "Иванов"), strict=True))
    assert told["Доставка"] == "курьер"
    assert float(told["Длина"]) == 12.5
    assert str(told["Готовность"])[:10] == "2026-12-31"
    assert told["Монтажник"] == shop.cast.owner.name
    assert told["Опции"] == "сборка, подъём"
    assert len(few) < 30


def test_statements_of_the_list_do_not_grow_with_fields_and_rows(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    address = "/deals/?columns=custom.delivery,custom.fitter,custom.length"
    with shop.as_(shop.cast.owner) as owner:
        put(make_deal(owner), delivery="курьер", fitter=owner.employee_id)
    browser.get(address)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(5):
            put(make_deal(owner, client=make_client(f"Ч{number}")), delivery="курьер", fitter=owner.employee_id)
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) == len(one)


# -- hidden ----------------------------------------------------------------------------------------------------


def test_a_hidden_field_of_the_deal_is_nowhere(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = put(make_deal(owner), delivery="курьер", length="5")
        blind = blind_to(owner, "deal.custom.delivery")
        seen = get_deal(blind, deal.public_id)
        assert seen.fields == {"length": "5"}
        assert seen.is_emptied
        assert "custom.delivery" not in facets.facets_of("deal", blind)
        assert "client.custom.delivery" in facets.facets_of("deal", blind)
        problems = lists.search_deals(blind, lists.Asked(filters={"custom.delivery": "курьер"}), now=NOON).problems
        assert set(problems) == {"custom.delivery"}
        told = [str(one.head) for _event, one in read_told(deal.client_id, actor=blind)[0]]
        assert any("Длина" in head for head in told)
        assert not any("Доставка" in head for head in told)
        assert any("Доставка" in str(one.head) for _event, one in read_told(deal.client_id, actor=owner)[0])
        assert "deal.custom.delivery" in {one.code for one in limited_fields()}
        with pytest.raises(Invalid):
            filling.change_deal(
                actor=blind, deal_public_id=deal.public_id, fields={"delivery": "самовывоз"}, now=NOON
            )
        shut = blind_to(owner, "deal.custom.delivery", Access.READ)
        with pytest.raises(Denied) as refused:
            filling.change_deal(actor=shut, deal_public_id=deal.public_id, fields={"delivery": "самовывоз"}, now=NOON)
        assert "Доставка" in refused.value.message
        filling.change_deal(actor=shut, deal_public_id=deal.public_id, fields={"delivery": "курьер"}, now=NOON)


def test_the_timeline_tells_own_fields_before_and_after(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = put(make_deal(owner), delivery="курьер", length="5", fitter=owner.employee_id)
        other = put(make_deal(owner, client=deal.client), delivery="самовывоз")
        put(deal, delivery="почта", length="5")
        put(deal, length="7.5")
        put(other, delivery=None)
        blind = blind_to(owner, "deal.custom.delivery")

        def lines(actor: Actor) -> list[str]:
            page, _place = read_told(deal.client_id, actor=actor)
            return [one.text for event, one in page if event.name == "deals.DealChanged"]

        assert lines(owner) == [
            "Доставка: самовывоз → —",
            "Длина: 5 → 7,5",
            "Доставка: курьер → почта",
            "Доставка: — → самовывоз",
            f"Доставка: — → курьер\nМонтажник: — → {owner.name}\nДлина: — → 5",
        ]
        assert not any("курьер" in one or "почта" in one for one in lines(blind))
        assert any(one == "Длина: 5 → 7,5" for one in lines(blind))


def test_a_role_hides_a_field_of_deals_from_the_page(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        put(make_deal(owner), delivery="курьер", length="5")
        role = Employee.objects.select_related("role").get(pk=shop.cast.colleague.employee_id).role
        role.fields = {"deal.custom.delivery": int(Access.HIDDEN)}
        role.save(update_fields=["fields"])
    browser = sign_in(Browser(), shop.cast.colleague)
    text = browser.get("/deals/?columns=custom.delivery,custom.length").content.decode()
    assert "Длина" in text
    assert "курьер" not in text
    assert 'value="custom.delivery"' not in text
