"""Bench `shop`: what people of a shop look at all day, by HTTP: goods, stock, what to order, orders and their cards.

50,000 goods in three places, each with a buffer, 100,000 orders. Measured and limited as the bench of pages is, with
its control.
"""

from voronka.config.benches.frame import Result, Staff
from voronka.config.benches.pages import Page, count_all, measured
from voronka.config.benches.store import ORDERS, start_of, store_of


def run(*, scale: float, seconds: float) -> Result:
    """Measure every page by itself, all in turns; figures in milliseconds and statements."""
    result = Result("shop", scale)
    staff = store_of(scale)
    pages = pages_of(staff, scale)
    count_all(result, staff, pages)
    with measured(result, staff, pages, seconds):
        pass
    return result


def pages_of(staff: Staff, scale: float) -> dict[str, Page]:
    """Return the pages by the name of their figures."""
    at = start_of(staff)
    last = at + round(ORDERS * scale)
    done = last - last % 100 + 50 - 100
    goods, stock, orders = "/goods/?", "/stock/?", "/orders/?"
    return {
        "goods": Page(goods),
        "goods_by_price": Page(f"{goods}sort=-price"),
        "goods_by_code": Page(f"{goods}sort=code"),
        "goods_search": Page(f"{goods}q=стол"),
        "goods_search_filtered": Page(f"{goods}q=дуб&f.on_sale=yes&f.price=1000..50000"),
        "goods_search_by_price": Page(f"{goods}q=дуб&f.on_sale=yes&f.price=1000..50000&sort=-price"),
        "goods_filtered": Page(f"{goods}f.on_sale=no&f.brand=Марка 4"),
        "goods_category": Page(f"{goods}f.category=g{at + 3:011d}"),
        "goods_without_price": Page(f"{goods}f.price:empty=yes"),
        "goods_count": Page("/goods/count/?q=дуб&f.on_sale=yes&f.price=1000..50000", piece=True),
        "product": Page(f"/goods/p{at + 77:011d}/"),
        "stock": Page(stock),
        "stock_search": Page(f"{stock}q=дуб&f.available=5..20"),
        "stock_short": Page(f"{stock}f.available=..0"),
        "stock_by_available": Page(f"{stock}sort=-available"),
        "stock_by_worth": Page(f"{stock}sort=worth"),
        "stock_count": Page("/stock/count/?f.available=..0", piece=True),
        "ledger": Page(f"/stock/goods/v{at + 77:011d}/"),
        "replenishment": Page("/stock/replenish/"),
        "papers": Page("/stock/papers/"),
        "paper": Page(f"/stock/papers/d{at + 4:011d}/"),
        "orders": Page(orders),
        "orders_of_manager": Page(orders, by_manager=True),
        "orders_in_work": Page(f"{orders}f.phase=work"),
        "orders_search_number": Page(f"{orders}q={round(ORDERS * scale) - 5}"),
        "orders_search_goods": Page(f"{orders}q=Стол обеденный"),
        "orders_search_client": Page(f"{orders}q=Ивановааб"),
        "order": Page(f"/orders/o{last:011d}/"),
        "order_done": Page(f"/orders/o{done:011d}/"),
        "order_new": Page("/orders/new/"),
        "picking": Page("/orders/picking/"),
        "orders_report": Page("/orders/report/"),
        "places": Page("/stock/places/"),
    }
