"""What clients owe as lists sort by it: kept by a listener, as their invoices say, whatever is done in which order."""

import random
from decimal import Decimal

import pytest
from django.db.models import Sum

from voronka.billing import services
from voronka.billing.models import Allocation, ClientDebt, Document
from voronka.billing.queries.owing import UNPAID, match_debt
from voronka.billing.testing import NOW, make_invoice, make_payment
from voronka.kit import facets
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.people import services as people
from voronka.people.models import Client
from voronka.people.queries import lists
from voronka.people.testing import make_client

D = Decimal


def listen(company_id):
    """Let the listener that keeps debts read all that was announced."""
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "billing.debts"), company_id)


def owed():
    """Return what clients owe by a plain look at their invoices."""
    rows = Document.objects.filter(UNPAID, client__isnull=False).order_by().values("client_id")
    return {row["client_id"]: row["a"] - row["p"] for row in rows.annotate(a=Sum("amount"), p=Sum("paid"))}


def kept():
    return dict(ClientDebt.objects.values_list("client_id", "amount"))


def act(chance, actor, clients):
    """Do one thing that may change what somebody owes."""
    held = list(Document.objects.filter(UNPAID).order_by("id"))
    what = chance.choice(["issue", "issue", "pay", "pay", "back", "void"])
    if what == "issue":
        client = chance.choice([*clients, None])
        make_invoice(actor, str(chance.randrange(1, 9) * 100), client_id=client.pk if client else None)
    elif what == "pay" and held:
        row = chance.choice(held)
        payment = make_payment(actor, str(chance.randrange(1, 9) * 100), method="cash")
        part = min(row.amount - row.paid, payment.amount)
        services.allocate(actor=actor, public_id=payment.public_id, parts=[(row.public_id, part)], now=NOW)
    elif what == "back" and (parts := list(Allocation.objects.filter(amount__gt=0).order_by("id"))):
        given = chance.choice(parts)
        if not Allocation.objects.filter(reverses=given).exists():
            services.take_back(actor=actor, allocation_id=given.public_id, now=NOW)
    elif what == "void" and (free := [one for one in held if not one.paid]):
        services.void_document(actor=actor, public_id=chance.choice(free).public_id, now=NOW)


@pytest.mark.parametrize("seed", range(2))
def test_kept_debts_are_those_of_the_invoices_and_lists_are_in_their_order(inside, seed):
    chance = random.Random(seed)
    clients = [make_client(inside.owner, f"Должник {number}") for number in range(7)]
    for _step in range(6):
        for _act in range(6):
            act(chance, inside.owner, clients)
        listen(inside.company_id)
        assert kept() == owed()
        assert services.compare_with_ledger() == []
    for client, amount in zip(
        clients, ("250", "500", "500", "900"), strict=False
    ):  # whatever chance has left of debts
        make_invoice(inside.owner, amount, client_id=client.pk)
    listen(inside.company_id)
    assert kept() == owed()
    assert kept()
    for turn in ("", "-"):
        sums, ids = kept(), [one.pk for one in clients]
        has = sorted((one for one in ids if one in sums), key=lambda one: (sums[one], one), reverse=bool(turn))
        none = sorted((one for one in ids if one not in sums), reverse=bool(turn))
        walked, after = [], ""
        for _page in range(9):
            page = lists.read_page(inside.owner, lists.Ask(sort=f"{turn}debt", after=after), size=2)
            walked += [row.client.pk for row in page.rows]
            after = page.after
            if not after:
                break
        assert walked == [*has, *none]
    for text, least, most in (("200..700", 200, 700), ("500..", 500, 10**9), ("..300", 0, 300)):
        wanted = {pk for pk, amount in kept().items() if least <= amount <= most}
        assert set(Client.objects.filter(match_debt(text)).values_list("pk", flat=True)) == wanted


def test_a_debt_goes_with_the_papers_to_the_card_that_stays(inside):
    """Cards made one before the listener has read of their papers, and after."""
    stays, goes, late = (make_client(inside.owner, name) for name in ("Остаётся", "Уходит", "Поздний"))
    make_invoice(inside.owner, "100", client_id=goes.pk)
    listen(inside.company_id)
    make_invoice(inside.owner, "50", client_id=late.pk)
    people.merge_clients(actor=inside.owner, survivor_id=stays.pk, other_ids=[goes.pk, late.pk], chosen={}, now=NOW)
    assert kept() == {stays.pk: D(150)}
    listen(inside.company_id)
    assert kept() == {stays.pk: D(150)} == owed()


def test_control_a_debt_moved_past_the_listener_is_found(inside):
    client = make_client(inside.owner)
    make_invoice(inside.owner, "100", client_id=client.pk)
    assert services.compare_with_ledger() == [f"client {client.pk}: owes None, unpaid invoices come to 100.00"]
    services.refresh_debts(None)
    assert services.compare_with_ledger() == []
    ClientDebt.objects.update(amount=99)
    assert len(services.compare_with_ledger()) == 1


def test_the_order_by_debts_is_read_from_an_index(inside):
    """The order of a list of a million clients may not be reckoned for each of them."""
    services.refresh_debts(None)
    rows = Client.objects.annotate(debt=facets.facets_of("client", inside.owner)["debt"].expression)
    told = str(rows.filter(debt__isnull=False).order_by("-debt", "-id")[:51].query)
    assert "SELECT SUM" not in told.upper()
    assert "billing_clientdebt" in told
