"""Letters of blocks: made, refused, filled for a client, and as a mail server gets them."""

import io
import json
import re
import uuid
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.test import Client as Browser
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit.errors import Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.messaging import ports, services
from voronka.messaging.models import Message, Template
from voronka.messaging.rules import blocks as rules
from voronka.messaging.rules.block_html import rich_html, rich_text
from voronka.messaging.services import blocks, pictures
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.services.ready import ready_letters
from voronka.messaging.services.values import values_for
from voronka.messaging.testing import make_reader
from voronka.messaging.tests.test_email import Sink, sink  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00" + b"\x00" * 20
DOCUMENT = [
    {"kind": "heading", "text": "Привет, {{ client.first_name }}", "align": "left"},
    {"kind": "text", "text": "**Скидка** на *всё*: [смотреть](https://shop.example.com/?who={{ client.name }}&x=1)"},
    {"kind": "button", "text": "Выбрать <b>", "link": "https://shop.example.com/sale"},
    {
        "kind": "columns",
        "left_text": "Слева",
        "right_text": "Справа",
        "right_button": "Смотреть всё",
        "right_link": "https://shop.example.com/all",
    },
    {"kind": "divider"},
    {
        "kind": "product",
        "goods": "abc123",
        "text": "Тёплая",
        "button": "Купить",
        "link": "https://shop.example.com/x",
    },
    {"kind": "order", "text": "Заказ {{ order.number }}"},
    {"kind": "footer", "text": "Ответьте на это письмо"},
]


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


class Told:
    """Upper parts that tell letters of goods and orders."""

    def find(self, text, most):
        return [("abc123", "Куртка <зимняя>")]

    def cards(self, public_ids):
        return {one: ports.LetterGoods("Куртка <зимняя>", "4 900 ₽", "") for one in public_ids if one == "abc123"}


@pytest.fixture
def told():
    kept = ports.goods._shelves[:], ports.letters._orders[:], ports.letters._requisites[:]
    lines = [{"name": "Стол & стул", "quantity": "2", "total": "900 ₽"}]
    ports.register_shelf(Told())
    ports.register_order_words(
        lambda _client, _order, _actor: {
            "number": "17",
            "total": "900 ₽",
            "url": "https://o.example.com/t",
            "lines": lines,
        }
    )
    ports.register_requisites(lambda: "ООО «Лад & Ко»\nИНН 7707083893")
    yield
    ports.goods._shelves[:], ports.letters._orders[:], ports.letters._requisites[:] = kept


def save(owner, document=DOCUMENT, **more) -> Template:
    draft = blocks.BlocksDraft(more.get("name", "Новинка"), more.get("subject", "Для {{ client.name }}"), document)
    return blocks.save_blocks(actor=owner, draft=draft, public_id=more.get("public_id"))


class Seen(HTMLParser):
    """What a mail program would find in a letter: words, links, tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.links, self.tags, self.sources = "", [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href" and tag == "a"]
        self.sources += [value for name, value in attrs if name == "src"]

    def handle_data(self, data):
        self.words += data


def test_a_letter_of_blocks_reaches_the_mail_server_whole(owner, told, sink: Sink) -> None:  # noqa: F811
    client = make_reader("Анна <script>alert(1)</script>", at=NOON)
    services.save_rules(actor=owner, gate=services.GateDraft(True, 0, 0, 9, 7, tracks_advertising=False), channels=[])
    template = save(owner)
    text = services.render_letter(template, "anna@example.com", values_for(client.pk, {}, owner))
    assert text.subject == "Для Анна <script>alert(1)</script>"
    for traffic in ("advertising", "service"):
        origin = services.Origin("step", template.pk, uuid.uuid4())
        services.write_letter(
            actor=owner, client_id=client.pk, text=text, origin=origin, now=NOON, traffic=traffic, wait_seconds=0
        )
    services.send_due("email", now=NOON)
    advert, service = sink.read()
    assert advert.get_content_type() == "multipart/alternative"
    page, plain = advert.get_body(["html"]).get_content(), advert.get_body(["plain"]).get_content()
    seen = Seen(page)
    # The client's own words are words.
    assert "script" not in seen.tags
    assert "Анна <script>" in seen.words
    assert "Куртка <зимняя>" in seen.words
    assert "Стол & стул" in seen.words
    assert "ООО «Лад & Ко»" in seen.words
    # Links hold, fields in them made fit for an address.
    out = f"https://shop.example.com/u/{leave_token(Message.objects.order_by('id')[0].public_id)}/"
    assert (
        "https://shop.example.com/?who=%D0%90%D0%BD%D0%BD%D0%B0+%3Cscript%3Ealert%281%29%3C%2Fscript%3E&x=1"
        in seen.links
    )
    assert seen.links.count("https://shop.example.com/sale") == 1
    assert "https://shop.example.com/all" in seen.links
    assert out in seen.links
    # Golden parts: tables for old programs, styles at the elements, a dark page.
    assert '<h1 style="margin:0;font-size:26px;line-height:32px;font-weight:700">Привет, Анна' in page
    assert "<b>Скидка</b> на <i>всё</i>" in page
    assert 'class="mj-outlook-group-fix mj-column-per-50"' in page
    assert "<!--[if mso | IE]>" in page
    assert "prefers-color-scheme: dark" in page
    assert 'lang="ru"' in page
    assert "{{" not in page
    assert "fonts.googleapis" not in page
    assert "voronka:leave" not in page + plain
    # The plain text says the same.
    said = " ".join(plain.split())
    for words in (
        "Справа Смотреть всё: https://shop.example.com/all",
        "Скидка на всё: смотреть (https://shop.example.com/?who=", "Выбрать <b>: https://shop.example.com/sale",
        "Куртка <зимняя>, 4 900 ₽", "Купить: https://shop.example.com/x", "Заказ 17 Стол & стул: 2, 900 ₽",
        "Итого: 900 ₽", "ООО «Лад & Ко» ИНН 7707083893", f"Отписаться: {out}",
    ):  # fmt: skip
        assert words in said
    # A letter about an order offers no way out of advertising.
    assert "/u/" not in service.as_string()
    assert "Отписаться" not in service.get_body(["html"]).get_content() + service.get_body(["plain"]).get_content()


def test_goods_off_sale_and_a_client_without_orders_leave_no_hole(owner, told) -> None:
    client = make_reader("Анна", at=NOON)
    document = [{**one, "goods": "gone"} if one["kind"] == "product" else one for one in DOCUMENT]
    ports.register_order_words(lambda _client, _order, _actor: None)
    text = services.render_letter(save(owner, document), "", values_for(client.pk, {}, owner))
    assert "Купить" not in text.html + text.body
    assert "Итого" not in text.html + text.body


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"kind": "button", "text": "Да", "link": "javascript:alert(1)"}, "b1:link"),
        ({"kind": "columns", "left_text": "Да", "left_button": "Да"}, "b1:left_link"),
        ({"kind": "columns", "left_text": "Да", "right_button": "Да", "right_link": "javascript:x"}, "b1:right_link"),
        ({"kind": "columns", "left_text": "Да", "left_link": "https://shop.example.com/x"}, "b1:left_button"),
        ({"kind": "button", "text": "Да", "link": "https://{{ client.name }}/"}, "b1:link"),
        ({"kind": "button", "text": "Да", "link": "https://shop.example.com{{ client.name }}"}, "b1:link"),
        ({"kind": "button", "text": "Да"}, "b1:link"),
        ({"kind": "text", "text": "[да](data:text/html,x)"}, "b1:text"),
        ({"kind": "text", "text": "{{ '<script>' }}"}, "b1:text"),
        ({"kind": "text", "text": "{{ client.secret }}"}, "b1:text"),
        ({"kind": "text", "text": "{{ client.__class__ }}"}, "b1:text"),
        ({"kind": "text", "text": "{% if client.name %}да"}, "b1:text"),
        ({"kind": "text", "text": "{% include 'x' %}"}, "b1:text"),
        ({"kind": "text", "text": ""}, "b1:text"),
        ({"kind": "picture"}, "b1:file"),
        ({"kind": "product"}, "b1:goods"),
        ({"kind": "footer"}, "blocks"),
    ],
)
def test_what_is_no_letter_is_refused_at_its_place(owner, block, place) -> None:
    with pytest.raises(Invalid) as refused:
        save(owner, [block])
    assert place in refused.value.fields
    assert not Template.objects.exists()


def test_a_loop_that_grows_is_stopped_where_it_is_filled(owner) -> None:
    client = make_reader("Анна", at=NOON)
    bomb = "{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}"
    with pytest.raises(Exception, match=r".+") as refused:
        blocks.preview_blocks(actor=owner, subject="", blocks=[{"kind": "text", "text": bomb}], client_id=client.pk)
    assert getattr(refused.value, "code", "") in {"bad_template", "invalid"}


def test_only_who_edits_templates_makes_letters_and_a_text_stays_a_text(owner, cast: Cast) -> None:
    manager = add_person(cast.owner, "manager")
    with pytest.raises(Denied):
        save(manager)
    made = save(owner, [{"kind": "text", "text": "Да"}])
    with pytest.raises(Invalid, match=r".+") as refused:
        services.save_template(actor=owner, name="x", subject="", body="y", public_id=made.public_id)
    assert refused.value.code == "is_blocks"
    page = sign_in(Browser(), cast.owner).get(f"/settings/letters/{made.public_id}/")
    assert page.url == f"/settings/letters/blocks/{made.public_id}/"


def test_ready_letters_are_the_same_in_both_languages_and_can_be_looked_at(owner, told) -> None:
    client = make_reader("Анна", at=NOON)
    russian, english = ready_letters("ru"), ready_letters("en")
    assert list(russian) == list(english)
    for code, one in russian.items():
        assert [block["kind"] for block in one.blocks] == [block["kind"] for block in english[code].blocks]
        letter = blocks.preview_blocks(actor=owner, subject=one.subject, blocks=list(one.blocks), client_id=client.pk)
        assert "Анна" in letter.html + letter.subject
        filled = [{**block, "goods": "abc123"} if block["kind"] == "product" else block for block in one.blocks]
        save(owner, filled, name=one.title, subject=one.subject)


# --- Pictures -----------------------------------------------------------------------------------------------------


def test_a_picture_is_given_to_who_has_its_signed_address_and_to_nobody_else(owner, cast: Cast) -> None:
    kept = pictures.add_picture(actor=owner, source=io.BytesIO(PNG), name="куртка.png", now=NOON)
    with override_settings(SITE=""):
        address = pictures.picture_address(kept.public_id)
    reader = Browser()
    answer = reader.get(address)
    assert b"".join(answer.streaming_content) == PNG
    assert "attachment" in answer["Content-Disposition"]
    last = "0" if address[-1] != "0" else "1"
    for wrong in (address[:-1] + last, address[:-1], f"/letter-pictures/{kept.public_id}"):
        assert reader.get(wrong).status_code == 404
    with pytest.raises(Invalid):
        pictures.add_picture(actor=owner, source=io.BytesIO(b"<svg onload=alert(1)>"), name="x.svg", now=NOON)
    made = save(owner, [{"kind": "picture", "file": kept.public_id, "alt": 'В "снегу" \\', "link": ""}])
    assert pictures.picture_address(kept.public_id) in Seen(made.html).sources


# --- The editor ---------------------------------------------------------------------------------------------------


def test_the_editor_adds_moves_deletes_takes_back_and_saves_without_script(owner, cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    make_reader("Анна", at=NOON)
    page = browser.get("/settings/letters/blocks/new/?from=win_back")
    assert page.status_code == 200
    form = {"name": "Зима", "subject": "Тема", "blocks": json.dumps(page.context["desk"].blocks), "past": "[]"}

    def act(what: str, **typed: str):
        answer = browser.post("/settings/letters/blocks/new/", form | typed | {"act": what})
        if answer.context:
            desk = answer.context["desk"]
            form.update(
                blocks=json.dumps(desk.blocks), past=json.dumps(desk.past), chosen=desk.chosen, name=desk.name
            )
            return [one["kind"] for one in desk.blocks]
        return answer

    before = act("pick:b1")
    assert act("add:divider")[1] == "divider"
    new = form["chosen"]
    assert act(f"up:{new}")[0] == "divider"
    assert act(f"down:{new}")[1] == "divider"
    assert act(f"delete:{new}") == before
    assert act("undo")[1] == "divider"
    assert act("undo")[0] == "divider"
    act("pick:b1")
    act("pick:b1", **{"f-text": "Новое **слово**"})
    assert json.loads(form["blocks"])[1]["text"] == "Новое **слово**"
    assert act("order:b1", order="b2,b1")[0] == "text"
    saved = act("save")
    made = Template.objects.get()
    assert saved.url == f"/settings/letters/blocks/{made.public_id}/"
    assert "Новое слово" in made.body
    answer = browser.post(
        saved.url, form | {"act": "save", "blocks": '[{"kind": "button", "id": "b7"}]', "chosen": ""}
    )
    assert answer.status_code == 422
    assert answer.context["desk"].chosen == "b7"
    for junk in ("{", "[1, null, {}]", '[{"kind": "x"}]', "[" * 5_000):
        assert browser.post(saved.url, form | {"act": "pick:b1", "blocks": junk, "past": junk}).status_code == 200


def test_the_look_is_a_page_where_nothing_runs(owner, cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    client = make_reader("Анна", at=NOON)
    sent = {"subject": "Тема", "blocks": json.dumps(DOCUMENT[:3]), "past": "[]", "client": client.public_id}
    answer = browser.post("/settings/letters/blocks/preview/", sent)
    page = answer.content.decode()
    assert "Привет, Анна" in page
    policy = answer["Content-Security-Policy"]
    assert policy.endswith("sandbox")
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "@media not all" in page
    assert "@media all" in browser.post("/settings/letters/blocks/preview/", sent | {"dark": "yes"}).content.decode()
    plain = browser.post("/settings/letters/blocks/preview/", sent | {"plain": "yes"}).content.decode()
    assert "Выбрать &lt;b&gt;: https://" in plain
    wrong = browser.post("/settings/letters/blocks/preview/", sent | {"q": "нет такого"})
    assert "никто не найден" in wrong.content.decode()


# --- Rules --------------------------------------------------------------------------------------------------------

_SIGNS = st.text(alphabet="ab<>&\"'*[]() {}%|\n\\{}й😀", max_size=60)


@given(text=_SIGNS)
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", rich_html(text), flags=re.DOTALL)
    assert Seen(bare).tags <= {"p", "b", "i", "br", "a"}
    for match in re.finditer(r"<[^>]*>", bare):
        assert re.fullmatch(
            r'</?[pbi]>|<br />|</a>|<p style="margin:[^"]*">|<a href="[^"<>]*" style="color:#0b5cab">', match[0]
        )
    assert "\x02" not in rich_text(text)


@given(link=st.text(alphabet="htps:/.aя{}%?#@ \\\"'<>\tjvscript0", max_size=40))
def test_a_link_leads_to_a_site_that_is_written_out(link: str) -> None:
    if rules.is_link(link):
        assert re.match(r"(?i)https?://[^/?#{]+|mailto:|tel:|\{\{\s*order\.url", link)
        assert not re.search(r"[\s\"'<>\\]", rules.LIQUID.sub("", link)) or link.lower().startswith("tel:")


def test_moving_keeps_every_block_and_places_have_ends() -> None:
    rows = rules.clean([{"kind": one} for one in rules.KINDS])
    assert rules.moved(rows, "b1", -1) == rows
    assert rules.moved(rows, rows[-1]["id"], 5) == rows
    assert [one["id"] for one in rules.moved(rows, "b1", 1)][:2] == ["b2", "b1"]
    assert rules.ordered(rows, ["b3", "zz"])[0]["id"] == "b3"
    assert {one["id"] for one in rules.ordered(rows, ["b3"])} == {one["id"] for one in rows}
    grown, new = rules.added(rows, "text")
    assert grown[-1]["kind"] == "footer"
    assert grown[-2]["id"] == new
