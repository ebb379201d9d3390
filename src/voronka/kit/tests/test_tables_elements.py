"""Which element of an XML file is a row: what repeats and tells most, not the values within it."""

from pathlib import Path

import pytest

from voronka.kit.tables import open_table

GOODS = "<item><code>{n}</code><name>Стол {n}</name><unit>шт</unit>{prices}</item>"


@pytest.mark.parametrize(
    "prices",
    [
        '<price currency="RUB">100</price><price currency="USD">2</price>',
        '<price kind="retail" currency="RUB">100</price><price kind="bulk" currency="RUB">90</price>',
        "<price><value>100</value><kind>bulk</kind></price><price><value>120</value><kind>retail</kind></price>",
    ],
)
def test_goods_with_two_prices_each_are_the_rows(tmp_path: Path, prices: str) -> None:
    path = tmp_path / "list.xml"
    lines = "".join(GOODS.format(n=number, prices=prices) for number in range(1, 6))
    path.write_text(f"<?xml version='1.0'?><list><shop><title>М</title></shop><items>{lines}</items></list>", "utf-8")
    with open_table(path) as table:
        rows = [row.cells for row in table.rows()]
    assert rows[0][:3] == ["code", "name", "unit"]
    assert [row[1] for row in rows[1:]] == [f"Стол {number}" for number in range(1, 6)]


def test_rows_of_attributes_within_named_groups_are_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.xml"
    rows = "".join(f'<row code="{number}" name="Стол {number}" price="100"/>' for number in range(1, 5))
    path.write_text(
        "<?xml version='1.0'?><list>" + f"<group><name>Столы</name>{rows}</group>" * 2 + "</list>", "utf-8"
    )
    with open_table(path) as table:
        found = [row.cells for row in table.rows()]
    assert len(found) == 9
