"""A feed of fifty thousand offers after a change of a hundred: brought up to date by the application's own function.

The limit beside it is the same function over everything, in the same run. The control is handed a change that nobody
noted: its file must differ from one made whole, or the bench would not see a stale file.
"""

import hashlib
import random
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Feed, Price, PriceKind, Product, Variant
from voronka.catalogue.services import feeds
from voronka.config.benches.frame import ROUNDS, Result, Staff, fill_quickly, middle, owner_connection, rows_of
from voronka.config.benches.staff import staff_of
from voronka.kit.tenancy import company_context

FULL, CHANGED, MOST_SECONDS, LEAST_SCALE = 50_000, 100, 1.0, 0.02
_AT = 6_000_000_000  # ids of the fill, which no other table's rows have


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures are seconds, of the clock and of this process."""
    result = Result("feed-out", scale)
    many = rows_of(max(scale, LEAST_SCALE), FULL)
    staff = _prepare(many)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id):
        feed, ids = _feed_of(staff)
        figures = result.figures
        figures["full_s"] = _timed(lambda: _whole(feed))[0]
        spent = [_after_a_change(staff, ids, number) for number in range(ROUNDS)]
        figures["incremental_s"] = middle([one[0] for one in spent])
        figures["incremental_processor_s"] = middle([one[1] for one in spent])
        figures["hand_out_s"] = _timed(lambda: _body(feed))[0]
        figures["offers"], figures["differs"] = many, float(_differs(feed))
        _change_unnoted(ids)
        figures["control_differs"] = float(_differs(feed))
    result.ratios["incremental_to_full"] = figures["incremental_s"] / figures["full_s"]
    result.demand(figures["differs"] == 0, "the file made piece by piece is not the file made whole")
    result.demand(figures["control_differs"] == 1, "the control, a change that nobody noted, was not seen")
    result.demand(
        scale < 1 or figures["incremental_s"] <= MOST_SECONDS, f"a change of {CHANGED} took over {MOST_SECONDS} s"
    )
    return result


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - worked


def _prepare(many: int) -> Staff:
    """Return the company with so many goods on sale, filled when they are not there."""
    staff = staff_of(f"feedout{many}", 1)
    with company_context(staff.company_id), transaction.atomic():
        catalogue.ship_kinds()
        kind = PriceKind.objects.get(is_default=True)
        is_there = Product.objects.count() >= many
    if not is_there:
        values = {
            "company": staff.company_id,
            "many": many,
            "kind": kind.pk,
            "at": _AT + staff.company_id * 10_000_000,
        }
        with owner_connection() as owner, owner.cursor() as cursor:
            fill_quickly(cursor)
            with owner.transaction():
                for statement in _FILL:
                    cursor.execute(statement, values)
            cursor.execute(
                "VACUUM (ANALYZE) catalogue_product, catalogue_variant, catalogue_price, catalogue_barcode"
            )
    return staff


_FILL = (
    "INSERT INTO catalogue_product (id, company_id, public_id, kind, name, unit, is_weighed, vat, marking, brand,"
    " description, attributes, is_on_sale, version, created_at)"
    " SELECT %(at)s + n, %(company)s, 'p' || to_char(%(at)s + n, 'FM00000000000'), 'goods', 'Стол обеденный № ' || n,"
    " '796', false, 'main', '', 'Марка ' || n %% 50, repeat('Прочный стол из дуба. ', 10), '{\"Материал\": \"дуб\"}',"
    " true, 1, now()"
    " FROM generate_series(1, %(many)s) n",
    "INSERT INTO catalogue_variant (id, company_id, public_id, product_id, code, name, options, maker_code, scale_code,"
    " is_on_sale, position)"
    " SELECT %(at)s + n, %(company)s, 'v' || to_char(%(at)s + n, 'FM00000000000'), %(at)s + n, 'F-' || n,"
    " 'Стол обеденный № ' || n, '{}', 'M' || n, '', true, 0 FROM generate_series(1, %(many)s) n",
    "INSERT INTO catalogue_price (id, company_id, variant_id, kind_id, amount, since, source, made_at)"
    " SELECT %(at)s + n, %(company)s, %(at)s + n, %(kind)s, 100 + n, now() - interval '1 day', 'hand', now()"
    " FROM generate_series(1, %(many)s) n",
    "INSERT INTO catalogue_barcode (id, company_id, variant_id, value, key, kind)"
    " SELECT %(at)s + n, %(company)s, %(at)s + n, 'B' || n, 'B' || n, 'code128' FROM generate_series(1, %(many)s) n",
)


@transaction.atomic
def _feed_of(staff: Staff) -> tuple[Feed, Sequence[int]]:
    feed = Feed.objects.filter(name="Bench").first()
    if feed is None:
        draft = feeds.FeedDraft(name="Bench", shop_name="Bench", site="https://shop.example.com")
        feed = feeds.save_feed(actor=staff.owner, draft=draft, now=datetime.now(UTC))
    return feed, list(Variant.objects.order_by("id").values_list("id", flat=True))


def _whole(feed: Feed) -> None:
    with transaction.atomic():
        feeds.mark_stale()
    while feeds.build_due(now=datetime.now(UTC)):
        pass


def _after_a_change(staff: Staff, ids: Sequence[int], number: int) -> tuple[float, float]:
    """Change the prices of a hundred goods all over the catalogue, and bring the feed up to date."""
    chosen = random.Random(number).sample(list(ids), CHANGED)  # noqa: S311 - not a secret
    amount = Decimal(random.Random().randrange(1_000, 1_000_000))  # noqa: S311 - not a secret
    with transaction.atomic():
        names = dict(Variant.objects.filter(pk__in=chosen).values_list("id", "public_id"))
        now = datetime.now(UTC)
        for one in chosen:
            catalogue.set_price(
                actor=staff.owner, variant=names[one], kind="retail", amount=amount, now=now, confirmed=True
            )
        feeds.touch(variants=chosen)
    return _timed(lambda: feeds.build_due(now=datetime.now(UTC)))


def _body(feed: Feed) -> str:
    handed = feeds.hand_out(feed.pk, feed.format, now=datetime.now(UTC))
    if handed is None:
        raise RuntimeError("the feed has no file")
    whole = zlib.decompress(handed.packed(), zlib.MAX_WBITS | 16)
    offers = sorted(whole.partition(b"<offers>")[2].splitlines())  # a new offer may stand in another place
    return hashlib.sha256(b"\n".join(offers)).hexdigest()


def _differs(feed: Feed) -> bool:
    """Tell whether the file is another than one made whole."""
    before = _body(feed)
    _whole(feed)
    return _body(feed) != before


def _change_unnoted(ids: Sequence[int]) -> None:
    with transaction.atomic():
        price = Price.objects.filter(variant_id=ids[0], until=None).order_by("-since").first()
        if price is None:
            raise RuntimeError("the first good has no price")
        Price.objects.filter(pk=price.pk).update(amount=price.amount + 1)
