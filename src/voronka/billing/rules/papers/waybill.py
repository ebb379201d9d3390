"""Транспортная накладная: annex 4 to the rules of carriage by road, resolution 2200 as amended on 30 November 2021, 2116."""

from voronka.billing.rules.papers.blocks import Block, Box, Cell, Form, Lined, Row, Table, Text
from voronka.billing.rules.papers.paper import Paper, Party, Transport, count, money, short_day
from voronka.billing.rules.words import sum_in_words


def waybill(paper: Paper) -> Form:
    """Return the form; what is not known yet stays a line to write on."""
    transport = paper.transport or Transport()
    goods = [line for line in paper.lines if not line.is_service]
    blocks: tuple[Block, ...] = (
        Text(
            "Приложение № 4\nк Правилам перевозок грузов автомобильным транспортом\n(в редакции постановления "
            "Правительства Российской Федерации от 30.11.2021 № 2116)",
            5.5,
            align="right",
        ),
        _head(paper, transport),
        _two(_section("1. Грузоотправитель", [(_who(paper.shipper or paper.seller), "(реквизиты, позволяющие идентифицировать "
                                               "грузоотправителя)")]),
             _section("1а. Заказчик услуг по организации перевозки груза (при наличии)",
                      [("", "(реквизиты, позволяющие идентифицировать заказчика услуг)")])),
        _two(_section("2. Грузополучатель", [(_who(paper.consignee or paper.buyer), "(реквизиты, позволяющие идентифицировать "
                                              "грузополучателя)"),
                                             (transport.unloading_address, "(адрес места доставки груза)")]),
             _section("3. Груз", [
                 ("; ".join(f"{line.name} – {count(line.quantity)} {line.unit_word}" for line in goods),
                  "(отгрузочное наименование груза, его состояние и другая необходимая информация о грузе)"),
                 (", ".join(part for part in (transport.places and f"{transport.places} мест", transport.packing) if part),
                  "(количество грузовых мест, маркировка, вид тары и способ упаковки)"),
                 (_mass(transport), "(масса груза брутто в килограммах, масса груза нетто в килограммах, размеры, объем)"),
                 (transport.value, "(объявленная стоимость (ценность) груза (при необходимости))")])),
        _two(_section("4. Сопроводительные документы на груз (при наличии)",
                      [(transport.papers or paper.shipment, "(перечень прилагаемых документов)")]),
             _section("5. Указания грузоотправителя по особым условиям перевозки",
                      [(transport.orders, "(параметры транспортного средства, температурный режим, запорно-пломбировочные "
                        "устройства и прочее)")])),
        _two(_section("6. Перевозчик", [(_who(transport.carrier) if transport.carrier else "", "(реквизиты, позволяющие "
                                         "идентифицировать перевозчика)"),
                                        (_driver(transport), "(водитель: ф.и.о., ИНН при наличии, номер удостоверения)")]),
             _section("7. Транспортное средство", [
                 (transport.car, "(тип, марка, грузоподъемность (в тоннах), вместимость (в кубических метрах))"),
                 (transport.car_number, "(регистрационный номер транспортного средства)"),
                 (transport.ownership, "(тип владения: 1 – собственность; 2 – совместная собственность супругов; 3 – аренда; "
                  "4 – лизинг; 5 – безвозмездное пользование)")])),
        _handing("8. Прием груза", "погрузки", transport.loading_address, transport.loading_at, transport, paper),
        Box((_section("9. Переадресовка (при наличии)", [
            ("", "(дата, вид переадресовки, основание; адрес нового пункта выгрузки, новая дата и время подачи)"),]),)),
        _handing("10. Выдача груза", "выгрузки", transport.unloading_address, transport.unloading_at, transport, paper),
        Box((_section("11. Отметки грузоотправителей, грузополучателей, перевозчиков (при необходимости)",
                      [("", "(краткое описание обстоятельств, послуживших основанием для отметки; подпись, дата)")]),)),
        Box((_section("12. Стоимость перевозки груза (установленная плата) в рублях (при необходимости)",
                      [(transport.fee, "(стоимость перевозки без налога, ставка, сумма налога, стоимость с налогом)")]),)),
    )  # fmt: skip
    return Form(
        f"Транспортная накладная № {paper.number}",
        blocks,
        author=paper.seller.name,
        size=7.5,
        margins=(14, 8, 10, 12),
        foot=f"Транспортная накладная № {paper.number} от {short_day(paper.day)}",
    )


def _head(paper: Paper, transport: Transport) -> Table:
    request = transport.request
    return Table(
        (25, 25, 25, 25),
        (
            (Cell("Транспортная накладная", span=2, bold=True), Cell("Заказ (заявка)", span=2, bold=True)),
            (Cell(f"Дата {short_day(paper.day)}", align="left"), Cell(f"№ {paper.number}", align="left"),
             Cell(f"Дата {short_day(request.day) if request and request.day else ''}", align="left"),
             Cell(f"№ {request.number if request else ''}", align="left")),
            (Cell("Экземпляр №", span=4, align="left"),),
        ),
        size=8,
        inset=1.4,
        below=1.5,
    )  # fmt: skip


def _who(party: Party) -> str:
    return party.spelled()


def _mass(transport: Transport) -> str:
    parts = [
        f"брутто {transport.gross_kg} кг" if transport.gross_kg else "",
        f"нетто {transport.net_kg} кг" if transport.net_kg else "",
    ]
    return ", ".join(part for part in parts if part)


def _driver(transport: Transport) -> str:
    return ", ".join(part for part in (transport.driver, transport.driver_licence) if part)


def _section(title: str, lined: list[tuple[str, str]]) -> Box:
    return Box(
        (Text(title, bold=True, below=1.5), *(Lined("", value, caption) for value, caption in lined)),
        stroke=0.5,
        inset=1.5,
    )


def _two(left: Box, right: Box) -> Row:
    return Row((left.blocks, right.blocks), (50, 50), gap=0, rules="frame", below=0.7)


def _handing(title: str, what: str, address: str, moment: str, transport: Transport, paper: Paper) -> Box:
    parts = "погрузку" if what == "погрузки" else "выгрузку"
    party = (paper.shipper or paper.seller) if what == "погрузки" else (paper.consignee or paper.buyer)
    left: tuple[Block, ...] = (
        Lined("", party.spelled(phone=False), f"(реквизиты лица, осуществляющего {parts} груза)"),
        Lined("", address, f"(адрес места {what})"),
        Lined("", moment, f"(заявленные дата и время подачи транспортного средства под {parts})"),
        Lined("", "", "(фактические дата и время прибытия)"),
        Lined("", "", "(фактические дата и время убытия)"),
    )
    right: tuple[Block, ...] = (
        Lined("", _mass(transport), "(масса груза брутто в килограммах и метод ее определения)"),
        Lined("", transport.places, "(количество грузовых мест)"),
        Lined("", "", "(фактическое состояние груза, тары, упаковки, маркировки и опломбирования)"),
        Lined("", "", f"(должность, подпись, расшифровка подписи лица, осуществившего {parts})"),
        Lined("", "", "(подпись, расшифровка подписи водителя)"),
    )
    return Box((Text(title, bold=True, below=1.5), Row((left, right), (50, 50), gap=3)), stroke=0.5, inset=1.5)


def declared(paper: Paper) -> str:
    """Return the value of the cargo in figures and words, as section 3 writes it."""
    goods = sum((line.amount for line in paper.lines if not line.is_service), start=paper.amount * 0)
    return f"{money(goods)} руб. ({sum_in_words(goods, paper.currency)})"
