"""Goods that came back are taken off the tax invoice that sold them: the draft of a correction follows each return."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.billing import services
from voronka.billing.models import Document
from voronka.billing.queries.papers import form_of
from voronka.billing.rules.correcting import Gone, without
from voronka.billing.rules.totals import Line, counted
from voronka.billing.services.printing import to_pdf
from voronka.billing.services.subjects import draft_about
from voronka.billing.testing import DAY, NOW
from voronka.billing.tests.test_exchange import come_back, read, sold
from voronka.kit.subjects import Subject
from voronka.orders import services as orders
from voronka.orders.testing import make_shop

D = Decimal


@pytest.fixture
def shop(inside):
    return make_shop(inside.owner)


def sale_of(inside, order, kind="upd", many=None, now=NOW):
    draft = draft_about(Subject("order", order.pk), kind=kind, day=DAY)
    if many is not None:
        draft = replace(draft, lines=[replace(draft.lines[0], quantity=D(many))])
    return services.issue_new(actor=inside.owner, draft=draft, now=now)


def corrections():
    for _turn in range(2):
        read("billing.correct")
    return list(Document.objects.filter(kind="correction").order_by("pk"))


def counts(paper):
    return [D(one["quantity"]) for one in paper.body["lines"]]


def test_a_correction_is_drafted_and_follows_each_return(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 3), (shop.chair, 2), discount=D("1000.01"))
    upd = sale_of(inside, order)
    first = come_back(inside, shop, order, (1, 1))
    (draft,) = corrections()
    assert (draft.state, draft.source_id, draft.subject_id, counts(draft)) == ("draft", upd.pk, order.pk, [2, 2])
    assert (draft.amount, draft.body["before"]) == (upd.amount - first.sum, upd.body["lines"])
    second = come_back(inside, shop, order, (1, 2), (2, 1))
    (draft,) = corrections()
    assert (counts(draft), draft.amount) == ([0, 1], upd.amount - first.sum - second.sum)
    issued = services.issue(actor=inside.owner, public_id=draft.public_id, now=NOW)
    assert to_pdf(form_of(inside.owner, issued), day=DAY).startswith(b"%PDF")
    come_back(inside, shop, order, (2, 1))
    assert [one.version for one in corrections()] == [issued.version], "what is issued is gone on from by a person"


def test_what_a_person_has_changed_and_what_was_not_sold_by_a_tax_paper_is_left_alone(inside, shop):
    bare, _paper = sold(inside, shop, (shop.table, 1))
    come_back(inside, shop, bare, (1, 1))
    assert corrections() == []
    order, _paper = sold(inside, shop, (shop.chair, 4))
    sale_of(inside, order, "factura")
    come_back(inside, shop, order, (1, 1))
    (draft,) = corrections()
    (line,) = draft.body["lines"]
    by_hand = services.DocumentDraft(
        kind="correction", day=DAY, client_id=draft.client_id,
        lines=[services.LineDraft(line["name"], D(4), D(200), vat=line["vat"])],
    )  # fmt: skip
    services.save_draft(actor=inside.owner, draft=by_hand, public_id=draft.public_id, now=NOW)
    come_back(inside, shop, order, (1, 1))
    (draft,) = corrections()
    assert (counts(draft), draft.amount) == ([4], 800)


def test_what_was_back_before_the_paper_was_written_is_not_taken_off_it(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 5), paid="0")
    come_back(inside, shop, order, (1, 1))
    late = sale_of(inside, order, many=4, now=NOW + timedelta(hours=1))
    assert corrections() == []
    asked = orders.ask_return(
        order.public_id, [orders.Back(1, D(2))], actor=inside.owner, now=NOW, operation=uuid.uuid4()
    )
    orders.receive_return(asked.public_id, shop.place.pk, actor=inside.owner, now=NOW + timedelta(hours=2))
    assert [(one.source_id, counts(one)) for one in corrections()] == [(late.pk, [2])]


def test_a_draft_that_was_thrown_away_is_not_written_again_once_the_money_is_back(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 2))
    sale_of(inside, order)
    back = come_back(inside, shop, order, (1, 1))
    (draft,) = corrections()
    services.void_document(actor=inside.owner, public_id=draft.public_id, now=NOW)
    orders.note_refunded(back.pk, now=NOW)
    assert corrections() == []


MANY = st.integers(1, 5_000).map(lambda n: D(n) / 1000)
LINE = st.tuples(st.sampled_from("ab"), st.sampled_from([D("10.01"), D("333.33")]), MANY)


@given(st.lists(LINE, min_size=1, max_size=4), st.lists(LINE, max_size=4))
def test_what_stays_and_what_came_back_are_what_was_sold(sold_lines, came):
    lines = counted([Line(name, many, price, percent=D(22)) for name, price, many in sold_lines])
    gone = [Gone(name, price, many, (price * many).quantize(D("0.01"))) for name, price, many in came]
    found, left = without(lines, gone)
    assert [(one.name, one.price) for one in found] == [(one.name, one.price) for one in lines]
    assert all(new.quantity >= 0 for new in found)
    pieces = sum(one.quantity for one in lines) - sum(one.quantity for one in found)
    assert pieces == sum(one.quantity for one in gone) - sum(one.quantity for one in left)
    again = counted(found, may_be_none=True)
    for new, old in zip(again, lines, strict=True):
        assert 0 <= new.amount <= old.amount
        assert new.amount or not new.quantity or new.discount
    with pytest.raises(ValueError, match="quantity"):
        counted([Line("a", D(0), D(1))])
