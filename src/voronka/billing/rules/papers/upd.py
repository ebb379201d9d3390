"""Универсальный передаточный документ: the form of the Tax Service's letter of 21 October 2013, ММВ-20-3/96@."""

from voronka.billing.rules.papers.blocks import Block, Box, Form, Lined, Picture, Row, Sign, Space, Text
from voronka.billing.rules.papers.factura import lines_table, sides, signatures, title
from voronka.billing.rules.papers.paper import Paper, quoted_day, short_day


def upd(paper: Paper) -> Form:
    """Return УПД: `status` 1 is счёт-фактура and the paper that hands over, 2 the latter alone."""
    left: tuple[Block, ...] = (
        Text("Универсальный\nпередаточный\nдокумент", 9, bold=True, below=3),
        Row(((Text("Статус:", 8),), (Box((Text(paper.status, 10, bold=True, align="center", below=0),), stroke=0.8, inset=1),)),
            (45, 55)),
        Text("1 – счет-фактура и передаточный документ (акт)\n2 – передаточный документ (акт)", 5.5, above=2),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        Row((left, (*title(paper), *sides(paper))), (12, 88), gap=2, rules="solid"),
        Space(1),
        lines_table(paper, code_column=True),
        Box(signatures(paper)),
        Box(_handed(paper)),
    )
    return Form(
        f"УПД № {paper.number}",
        blocks,
        author=paper.seller.name,
        landscape=True,
        size=7,
        margins=(8, 7, 7, 9),
        foot=f"УПД № {paper.number} от {short_day(paper.day)}",
    )


def _handed(paper: Paper) -> tuple[Block, ...]:
    transport = paper.transport
    cargo = ", ".join(
        part
        for part in (
            transport.papers if transport else "",
            f"масса брутто {transport.gross_kg} кг" if transport and transport.gross_kg else "",
        )
        if part
    )
    seller, buyer = paper.seller, paper.buyer
    gave: tuple[Block, ...] = (
        Text("Товар (груз) передал / услуги, результаты работ, права сдал", below=1.5),
        Sign("", seller.director, post=seller.director_post, number="[10]", role_width=0.01,
             picture="sign_director" if "sign_director" in paper.pictures else ""),
        Lined("Дата отгрузки, передачи (сдачи)", quoted_day(paper.day), number="[11]"),
        Lined("Иные сведения об отгрузке, передаче", "",
              "(ссылки на неотъемлемые приложения, сопутствующие документы, иные документы и т. п.)", "[12]"),
        Text("Ответственный за правильность оформления факта хозяйственной жизни", below=1.5),
        Sign("", seller.accountant, post="", number="[13]", role_width=0.01),
        Lined("", _author(seller.name, seller.inn_kpp), "(наименование экономического субъекта – составителя документа "
              "(в т. ч. комиссионера / агента), ИНН / КПП)", "[14]"),
        *((Picture("stamp", 30, over=True, dx=20, dy=-12),) if "stamp" in paper.pictures else ()),
        Text("М. П.", above=1, indent=4),
    )  # fmt: skip
    took: tuple[Block, ...] = (
        Text("Товар (груз) получил / услуги, результаты работ, права принял", below=1.5),
        Sign("", "", post="", number="[15]", role_width=0.01),
        Lined("Дата получения (приемки)", quoted_day(None), number="[16]"),
        Lined("Иные сведения о получении, приемке", "",
              "(информация о наличии/отсутствии претензии; ссылки на неотъемлемые приложения и другие документы)", "[17]"),
        Text("Ответственный за правильность оформления факта хозяйственной жизни", below=1.5),
        Sign("", "", post="", number="[18]", role_width=0.01),
        Lined("", _author(buyer.name, buyer.inn_kpp), "(наименование экономического субъекта – составителя документа, "
              "ИНН / КПП)", "[19]"),
        Text("М. П.", above=1, indent=4),
    )  # fmt: skip
    return (
        Lined("Основание передачи (сдачи) / получения (приемки)", paper.basis, "(договор; доверенность и др.)", "[8]"),
        Lined("Данные о транспортировке и грузе", cargo, "(транспортная накладная, поручение экспедитору, экспедиторская / "
              "складская расписка и др. / масса нетто / брутто груза, если не приведены ссылки на транспортные "
              "документы, содержащие эти сведения)", "[9]"),
        Row((gave, took), (50, 50), gap=3, rules="solid"),
    )  # fmt: skip


def _author(name: str, inn_kpp: str) -> str:
    return f"{name}, ИНН/КПП {inn_kpp}" if inn_kpp.strip("—") else name
