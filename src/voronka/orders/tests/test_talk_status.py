"""A scenario tells where an order is: to whom it belongs, and to nobody else, however often he guesses."""

import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from voronka.accounts.testing import NOW, Cast, make_company
from voronka.flows.testing import make_scene, node, talk_step
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.services import chat
from voronka.orders.services import proving
from voronka.orders.testing import Shop, make_order, make_shop
from voronka.people.models import Touch
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return make_company()


@pytest.fixture(autouse=True)
def shop(cast: Cast) -> Iterator[Shop]:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True, bot="never"))
        yield make_shop(cast.owner)


def ask(text: str, talk: Talk | None = None) -> Talk:
    return chat.write(talk=talk, written=chat.Written(uuid.uuid4(), text), now=NOW)


def said(talk: Talk) -> list[str]:
    return list(TalkLine.objects.filter(talk=talk, by="bot").order_by("number").values_list("text", flat=True))


def status_scene(cast: Cast) -> None:
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "Номер?", "about": "number", "name": "number"}, next="n2", wrong="n5"),
        node(2, "fork", {"what": "client"}, yes="n4", no="n3"),
        node(3, "ask", {"text": "Четыре цифры?", "name": "proof"}, next="n4"),
        talk_step(4, "orders.talk_status", {}, found="n1", wrong="n5"),
        node(5, "say", {"text": "Такого нет"}, next="n1"),
        now=NOW,
    )


def tell(talk: Talk, number: object, proof: str) -> str:
    ask(str(number), talk)
    if said(talk)[-1] == "Четыре цифры?":
        ask(proof, talk)
    return said(talk)[-2]


def test_only_its_client_hears_of_an_order(cast: Cast, shop: Shop) -> None:
    status_scene(cast)
    order = make_order(cast.owner, shop)
    talk = ask("Привет")
    right = tell(talk, order.number, "4567")
    assert right.startswith(f"Заказ {order.number}: ")
    assert "1000" not in right  # no sums, no goods, no address
    assert "Стол" not in right
    for proof in ("0000", "", "567", "+79160004567"):
        assert tell(talk, order.number, proof or "-") == "Такого нет"
    assert tell(talk, order.number + 1, "4567") == "Такого нет"  # the same words as of a wrong proof
    stranger = make_client(cast.owner, "Чужой Пётр", phone="+79160000000")
    other = ask("Привет")
    chat.bind(actor=cast.owner, public_id=other.public_id, client=stranger.public_id, now=NOW)
    assert tell(other, order.number, "") == "Такого нет"
    own = ask("Привет")
    chat.bind(actor=cast.owner, public_id=own.public_id, client=shop.client.public_id, now=NOW)
    assert tell(own, order.number, "") == right  # his own needs no proof


def test_guesses_are_counted_by_the_order_and_by_the_talk(cast: Cast, shop: Shop) -> None:
    order = make_order(cast.owner, shop)

    def guess(proof: str, talk: int, number: int = order.number) -> bool:
        return proving.find_own(str(number), proof=proof, client_id=None, talk_id=talk, now=NOW) is not None

    for turn in range(proving.MOST_GUESSES):
        assert not guess("0000", talk=turn)
    assert not guess("4567", talk=99)  # the right one too: nobody learns that it is right
    second = make_order(cast.owner, shop)
    for _turn in range(proving.MOST_GUESSES):
        assert not guess("0000", talk=77, number=999)
    assert not guess("4567", talk=77, number=second.number)
    assert guess("4567", talk=78, number=second.number)
    own = proving.find_own(str(order.number), proof="", client_id=shop.client.pk, talk_id=1, now=NOW)
    assert own is not None  # whoever is known is not locked out by others' guesses


def test_goods_are_found_shown_and_chosen(cast: Cast, shop: Shop) -> None:
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "Что ищете?", "name": "query"}, next="n2"),
        talk_step(2, "catalogue.talk_goods", {}, chosen="n3", none="n4"),
        node(3, "ask", {"text": "{{ answers.product }} за {{ answers.product_price }}? Ваш телефон?", "about": "phone",
                        "name": "phone"}, next="n5"),
        node(4, "say", {"text": "Не нашлось"}),
        talk_step(5, "messaging.talk_lead", {"about": "product"}),
        now=NOW,
    )  # fmt: skip
    talk = ask("Привет")
    ask("стул", talk)
    shown = TalkLine.objects.filter(talk=talk, by="bot").order_by("-number")[0]
    assert "Стул: 250" in shown.text
    assert "в наличии" in shown.text
    assert [one["title"] for one in shown.choices][-1] == "Ничего из этого"
    ask("стол обеденный", talk)  # another search instead of a choice
    ask("1", talk)
    assert said(talk)[-1].startswith("Стол обеденный за 1")
    ask("8 916 123 45 67", talk)
    ask("да", talk)
    touch = Touch.objects.get()
    assert "Стол обеденный" in touch.message
    assert Talk.objects.get(pk=talk.pk).client_id is None  # a typed phone makes nobody the client of the talk
    other = ask("Привет")
    ask("дирижабль", other)
    assert said(other)[-1] == "Не нашлось"
