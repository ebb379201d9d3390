import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.testing import make_company
from voronka.catalogue.models import ClientTerms
from voronka.catalogue.testing import make_category, make_goods
from voronka.kit.errors import Conflict, Denied, Invalid, TooMany
from voronka.kit.tenancy import company_context
from voronka.loyalty import queries, services
from voronka.loyalty.models import Promo, PromoCode, PromoGoods, PromoUse, Redemption
from voronka.loyalty.queries import promos
from voronka.loyalty.services import guessing
from voronka.loyalty.testing import make_batch, make_promo
from voronka.people.models import Client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ZERO = Decimal("0.00")


@pytest.fixture
def owner():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


@pytest.fixture
def client(owner):
    return Client.objects.create(name="Смирнова Анна")


def lines(*amounts, variant=None):
    return [services.Line(variant, Decimal(one)) for one in amounts]


def redeem(owner, code, number=1, amounts=(1000,), **more):
    values = {"client_id": None, "now": NOW, "operation": uuid.uuid4()} | more
    client_id = values.pop("client_id")
    return services.redeem(code, services.Holder("order", number), client_id, lines(*amounts), actor=owner, **values)


def why(owner, code="лето 2026", amounts=(1000,), client_id=None, now=NOW, given=None):
    return services.quote(code, client_id, given or lines(*amounts), now, actor=owner)


def test_quote_takes_off_a_percent_and_uses_nothing_up(owner):
    make_promo(owner, now=NOW)
    said = why(owner, amounts=("99.99", "0.01", "33.33"))
    assert said.is_good
    assert said.discounts == (Decimal("10.00"), ZERO, Decimal("3.33"))
    assert said.discount == Decimal("13.33")
    assert PromoCode.objects.get().used == 0


def test_cap_and_least_sum(owner):
    make_promo(owner, amount=50, cap=Decimal(300), minimum=Decimal(500), now=NOW)
    assert why(owner, amounts=(1000, 1000)).discounts == (Decimal(150), Decimal(150))
    short = why(owner, amounts=(499,))
    assert (short.reason, short.discounts) == ("minimum", (ZERO,))
    assert "500" in short.words
    assert "1" in short.words


@pytest.mark.parametrize(
    ("fields", "moment", "reason"),
    [
        ({"since": NOW}, NOW - timedelta(seconds=1), "early"),
        ({"since": NOW}, NOW, ""),
        ({"until": NOW}, NOW - timedelta(seconds=1), ""),
        ({"until": NOW}, NOW, "late"),
    ],
)
def test_a_code_holds_from_its_first_moment_until_before_its_last(owner, fields, moment, reason):
    make_promo(owner, now=NOW, **fields)
    assert why(owner, now=moment).reason == reason


def test_a_bound_code_is_for_its_client_alone(owner, client):
    other = Client.objects.create(name="Другой")
    make_promo(owner, now=NOW, client=client.public_id)
    assert why(owner, client_id=client.pk).is_good
    assert why(owner, client_id=other.pk).reason == "whose"
    assert why(owner).reason == "whose"


def test_uses_are_counted_in_all_and_by_client(owner, client):
    make_promo(owner, now=NOW, most=3, per_client=1)
    redeem(owner, "ЛЕТО2026", 1, client_id=client.pk)
    assert why(owner, client_id=client.pk).reason == "per_client"
    assert why(owner).reason == "whose"
    for number in (2, 3):
        redeem(owner, "ЛЕТО2026", number, client_id=Client.objects.create(name=f"№ {number}").pk)
    with pytest.raises(Conflict) as refused:
        redeem(owner, "ЛЕТО2026", 4, client_id=Client.objects.create(name="№ 4").pk)
    assert refused.value.code == "promo_used_up"
    assert PromoUse.objects.count() == 3


def test_uses_of_a_client_are_counted_over_all_codes_of_a_batch(owner, client):
    first, second, third = make_batch(owner, 3, per_client=2, now=NOW)
    redeem(owner, first, 1, client_id=client.pk)
    redeem(owner, second, 2, client_id=client.pk)
    with pytest.raises(Conflict, match=r".") as refused:
        redeem(owner, third, 3, client_id=client.pk)
    assert refused.value.code == "promo_per_client"


def test_not_together_with_personal_prices(owner, client):
    make_promo(owner, now=NOW, with_terms=False)
    assert why(owner, client_id=client.pk).is_good
    ClientTerms.objects.create(client=client, discount_percent=5)
    assert why(owner, client_id=client.pk).reason == "terms"


def test_the_terms_are_those_of_the_moment_of_the_sale(owner, client):
    make_promo(owner, now=NOW, with_terms=False)
    ClientTerms.objects.create(client=client, discount_percent=5, until=NOW + timedelta(hours=1))
    assert why(owner, client_id=client.pk).reason == "terms"
    assert why(owner, client_id=client.pk, now=NOW + timedelta(hours=1)).is_good


def test_one_code_takes_the_place_of_another(owner):
    make_promo(owner, now=NOW)
    single = make_batch(owner, 1, now=NOW)[0]
    redeem(owner, single)
    holder = services.Holder("order", 1)
    more = {"actor": owner, "now": NOW}
    used = services.exchange("лето 2026", holder, None, lines(1000), operation=uuid.uuid4(), **more)
    assert used.discount == 100
    assert queries.used_in("order", [1])[1].code == "ЛЕТО2026"
    assert dict(PromoCode.objects.values_list("code", "used")) == {single: 0, "ЛЕТО2026": 1}
    again = services.exchange("лето 2026", holder, None, lines(500), operation=uuid.uuid4(), **more)
    assert again.discount == 50
    with pytest.raises(Conflict):
        services.exchange("НЕТУТАКОГО", holder, None, lines(500), operation=uuid.uuid4(), **more)
    assert dict(PromoCode.objects.values_list("code", "used")) == {single: 0, "ЛЕТО2026": 1}


def test_only_chosen_goods_get_cheaper_and_those_below_a_category(owner):
    top = make_category("Мебель")
    table = make_goods("Стол", category=make_category("Столы", top))
    lamp, rug = make_goods("Лампа"), make_goods("Ковёр")
    make_promo(owner, now=NOW, categories=[top.public_id], variants=[lamp.public_id])
    given = [services.Line(one, Decimal(100)) for one in (table.pk, lamp.pk, rug.pk, None)]
    assert why(owner, given=given).discounts == (Decimal(10), Decimal(10), ZERO, ZERO)
    assert why(owner, given=given[2:]).reason == "goods"
    PromoGoods.objects.all().delete()  # as categories and goods that are deleted take their rows along
    assert why(owner, given=given).reason == "goods", "what was for chosen goods must not become for all"


def test_switched_off_promos_and_codes_are_refused(owner):
    row = make_promo(owner, now=NOW)
    services.set_promo_on(actor=owner, public_id=row.public_id, is_on=False, now=NOW)
    assert why(owner).reason == "off"
    services.set_promo_on(actor=owner, public_id=row.public_id, is_on=True, now=NOW)
    ids = [PromoCode.objects.get().public_id]
    assert services.set_codes_on(actor=owner, public_id=row.public_id, codes_ids=ids, is_on=False, now=NOW) == 1
    assert why(owner).reason == "off"


def test_the_same_operation_again_uses_nothing_more(owner):
    make_promo(owner, now=NOW, most=5)
    operation = uuid.uuid4()
    first = redeem(owner, "ЛЕТО2026", amounts=(10, 20), operation=operation)
    assert redeem(owner, "ЛЕТО2026", amounts=(10, 20), operation=operation) == first
    assert PromoCode.objects.get().used == 1
    with pytest.raises(Conflict) as refused:
        redeem(owner, "ЛЕТО2026")
    assert refused.value.code == "promo_other"


def test_reverse_gives_the_use_back_once(owner, client):
    code = make_batch(owner, 1, now=NOW)[0]
    redeem(owner, code, client_id=client.pk)
    holder = services.Holder("order", 1)
    assert queries.used_in("order", [1])[1].amount == 500
    assert services.reverse(holder, actor=owner, now=NOW)
    assert not services.reverse(holder, actor=owner, now=NOW)
    assert PromoCode.objects.get(code=code).used == 0
    assert sum(Redemption.objects.values_list("amount", flat=True)) == 0
    assert queries.used_in("order", [1]) == {}
    redeem(owner, code, 2)
    assert PromoCode.objects.get(code=code).used == 1


def test_changed_lines_are_reckoned_anew_though_the_day_is_over(owner):
    make_promo(owner, now=NOW, until=NOW + timedelta(days=1), minimum=Decimal(500))
    redeem(owner, "ЛЕТО2026", amounts=(1000,))
    later, holder = NOW + timedelta(days=9), services.Holder("order", 1)

    def change(*amounts, operation=None):
        operation = operation or uuid.uuid4()
        return services.amend(holder, lines(*amounts), actor=owner, now=later, operation=operation)

    assert change(1000, "500.05").discounts == (Decimal("100.00"), Decimal("50.01"))
    again = uuid.uuid4()
    assert change(100, operation=again).reason == "minimum"
    assert change(100, operation=again).discount == 0
    assert change(800).discount == 80
    use = PromoUse.objects.get()
    assert sum(Redemption.objects.values_list("amount", flat=True)) == use.amount == 80
    assert PromoCode.objects.get().used == 1
    assert services.amend(services.Holder("order", 9), lines(1), actor=owner, now=NOW, operation=again) is None


def test_guesses_end_after_a_while_even_of_good_codes(owner):
    make_promo(owner, now=NOW)
    for number in range(guessing.MOST_BY_PERSON):
        assert why(owner, f"НЕТ{number}").reason == "unknown"
    assert why(owner).reason == "too_many"
    with pytest.raises(TooMany):
        redeem(owner, "ЛЕТО2026")
    assert why(owner, now=NOW + guessing.WINDOW).is_good


def test_a_guess_is_remembered_though_its_sale_is_undone(owner):
    make_promo(owner, now=NOW)
    for _number in range(guessing.MOST_BY_PERSON):
        with pytest.raises(Conflict, match=r"нет|no such"):
            redeem(owner, "УГАДАЛ")
    assert why(owner).reason == "too_many"


def test_a_mistype_is_told_from_a_code_that_never_was(owner):
    code = make_batch(owner, 1, now=NOW)[0]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert why(owner, wrong).reason == "mistyped"


def test_who_lacks_the_right_changes_nothing(owner):
    row = make_promo(owner, now=NOW)
    stranger = make_company().owner
    nobody = type(owner)(owner.company_id, None, "", {})
    for act in (
        lambda: make_promo(nobody, "ЗИМА", now=NOW),
        lambda: redeem(nobody, "ЛЕТО2026"),
        lambda: services.set_promo_on(actor=nobody, public_id=row.public_id, is_on=False, now=NOW),
        lambda: services.make_codes(actor=nobody, public_id=row.public_id, count=1, now=NOW),
    ):
        with pytest.raises(Denied):
            act()
    row.refresh_from_db()
    assert row.is_on
    assert not PromoUse.objects.exists()
    with company_context(stranger.company_id, employee_id=stranger.employee_id):
        assert why(stranger).reason == "unknown"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"amount": 101}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": "10.001"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"code": "аб"}, "code"),
        ({"code": "лето2026"}, "code"),
        ({"cap": Decimal(-1)}, "cap"),
        ({"most": 0}, "most"),
        ({"per_client": -3}, "per_client"),
        ({"since": NOW, "until": NOW}, "until"),
        ({"variants": ["нет такого"]}, "goods"),
        ({"client": "zzzzzzzzzzzz"}, "client"),
    ],
)
def test_what_cannot_be_is_told_at_its_place(owner, fields, place):
    make_promo(owner, now=NOW)
    with pytest.raises(Invalid) as refused:
        make_promo(owner, **({"code": "ЗИМА", "now": NOW} | fields))
    assert place in refused.value.fields


def test_a_used_code_keeps_its_letters_and_its_limit(owner):
    row = make_promo(owner, now=NOW, most=5)
    redeem(owner, "ЛЕТО2026", 1)
    redeem(owner, "ЛЕТО2026", 2)
    for fields, place in (({"code": "ЗИМА"}, "code"), ({"code": "ЛЕТО2026", "most": 1}, "most")):
        draft = services.PromoDraft(name="Лето", amount=Decimal(20), **fields)
        with pytest.raises(Invalid) as refused:
            services.save_promo(actor=owner, draft=draft, now=NOW, public_id=row.public_id)
        assert place in refused.value.fields
    good = services.PromoDraft(name="Лето", amount=Decimal(20), code="ЛЕТО2026")
    with pytest.raises(Conflict) as stale:
        services.save_promo(actor=owner, draft=good, now=NOW, public_id=row.public_id, version=9)
    assert stale.value.code == "stale"
    assert services.save_promo(actor=owner, draft=good, now=NOW, public_id=row.public_id, version=1).version == 2


def test_pages_of_codes_and_uses_go_by_key_so_what_comes_between_moves_nothing(owner, django_assert_num_queries):
    codes = make_batch(owner, 3, now=NOW)
    promo = Promo.objects.get()
    for number, code in enumerate(codes):
        redeem(owner, code, number)
    first, uses = promos.list_codes(promo, size=2), promos.list_uses(promo, size=2)
    assert [one.code for one in first[:2]] == codes[:2]
    assert [one.holder_id for one in uses[:2]] == [2, 1]
    services.make_codes(actor=owner, public_id=promo.public_id, count=1, now=NOW)
    redeem(owner, PromoCode.objects.latest("id").code, 3)
    with django_assert_num_queries(2):
        further = promos.list_codes(promo, after=first[1].pk, size=2)
        earlier = promos.list_uses(promo, before=uses[1].pk, size=2)
    assert [one.code for one in further] == [codes[2], PromoCode.objects.latest("id").code]
    assert [one.holder_id for one in earlier] == [0]
