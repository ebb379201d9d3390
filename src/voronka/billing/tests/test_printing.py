import ctypes
import io
import re
import struct
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from openpyxl import load_workbook

from voronka.billing.rules.papers import FORMS, Reference
from voronka.billing.rules.papers.blocks import Form, Picture, Text
from voronka.billing.rules.papers.paper import money
from voronka.billing.rules.payment_qr import read_payment_text
from voronka.billing.rules.totals import counted
from voronka.billing.services.printing import PrintFailed, to_pdf, to_xlsx
from voronka.billing.services.printing.pdf import FONTS, Printer
from voronka.billing.tests.papers import SELLER, lines, paper
from voronka.kit.warm import WarmChild

DAY = date(2026, 3, 3)
RAW = pypdfium2.raw


def special(kind):
    if kind == "correction":
        before = lines()
        after = tuple(counted([replace(before[0], quantity=Decimal(1)), *before[1:]], by_line=False))
        return paper(before=before, lines=after, corrected=Reference("874", DAY))
    if kind == "advance":
        return paper(lines=(), amount=Decimal(118000), tax_words="22", purpose="Предварительная оплата")
    return paper()


def pages_of(pdf):
    return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(pdf)]


def flat(text):
    """Return a text without blanks: readers of PDF tell thin ones or not, as they like."""
    return "".join(text.replace("\u2060", "").split())


SAID = {
    "invoice": ["Счёт на оплату № 874 от 3 марта 2026 г.", "В том числе НДС 22%: 21 278,69",
                "Сто восемнадцать тысяч рублей 00 копеек", "Оплатить не позднее 13 марта 2026 г."],
    "contract": ["ДОГОВОР № 874", "118 000,00 (Сто восемнадцать тысяч рублей 00 копеек), в том числе НДС 21 278,69"],
    "torg12": ["0330212", "Унифицированная форма № ТОРГ-12",
               "Всего по накладной Х Х 9 Х 89 180,3",
               "Сто восемь тысяч восемьсот рублей 00 копеек", "(четыре)"],
    "factura": ["СЧЕТ-ФАКТУРА №", "(2б)",
                "7719402184/771901001", "Российский рубль, 643", "Всего к оплате (9) 96 721,31"],
    "correction": ["КОРРЕКТИРОВОЧНЫЙ СЧЕТ-ФАКТУРА №", "А (до изменения)", "Всего уменьшение (сумма строк Г) 15 491,80",
                   "№ 874 от 3 марта 2026 г."],
    "advance": ["22/122", "Предварительная оплата", "21 278,69"],
    "upd": ["передаточный", "Статус:", "[19]", "Основание передачи (сдачи) / получения (приемки)"],
    "act": ["Акт № 874 от 3 марта 2026 г.", "претензий по объёму"],
    "cash_order": ["0310001", "ПРИХОДНЫЙ КАССОВЫЙ ОРДЕР", "КВИТАНЦИЯ", "НДС 21 278,69 руб."],
    "receipt": ["Форма № ПД-4", "Извещение", "40702810500000004821", "118 000 руб. 00 коп."],
    "back": ["Акт о возврате товара № 874", "ТОВАР СДАЛ", "ТОВАР ПРИНЯЛ", "подлежит возврату"],
    "waybill": ["Транспортная накладная", "8. Прием груза", "12. Стоимость перевозки груза", "№ 2116", "7 мест"],
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_each_form_says_what_the_law_asks(kind):
    pdf = to_pdf(FORMS[kind](special(kind)), day=DAY)
    text = flat(" ".join(pages_of(pdf)))
    for words in SAID[kind]:
        assert flat(words) in text, (words, text)
    assert "874" in text


@pytest.mark.parametrize("kind", FORMS)
def test_all_fonts_are_in_the_file(kind):
    document = pypdfium2.PdfDocument(to_pdf(FORMS[kind](special(kind)), day=DAY))
    names = set()
    for page in document:
        for one in page.get_objects(filter=[RAW.FPDF_PAGEOBJ_TEXT], max_depth=5):
            font = RAW.FPDFTextObj_GetFont(one.raw)
            assert RAW.FPDFFont_GetIsEmbedded(font) == 1
            size = RAW.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            RAW.FPDFFont_GetBaseFontName(font, name, size)
            names.add(name.value.decode().split("+")[-1].split("-")[0])
    assert names
    assert names <= {"GolosText", "PTSans", "PTSans-"}


@pytest.mark.parametrize("kind", FORMS)
def test_each_form_is_a_workbook_with_its_sums_as_numbers(kind):
    sheet = load_workbook(io.BytesIO(to_xlsx(FORMS[kind](special(kind))))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    if kind not in ("waybill", "receipt"):
        assert any(isinstance(cell.value, int | float) for cell in cells)
    texts = flat(" ".join(str(cell.value) for cell in cells))
    assert "Ладнаякухня" in texts
    if kind == "invoice":
        assert {118000, 21278.69} <= {cell.value for cell in cells}


def test_the_code_of_an_invoice_is_read_from_its_picture():
    page = pypdfium2.PdfDocument(to_pdf(FORMS["invoice"](paper()), day=DAY))[0]
    bitmap = page.render(scale=4, grayscale=True)
    shape = (bitmap.height, bitmap.width)
    rows = [
        bytes(bitmap.buffer)[at * bitmap.stride : at * bitmap.stride + bitmap.width] for at in range(bitmap.height)
    ]
    (found,) = zxingcpp.read_barcodes(memoryview(b"".join(rows)).cast("B", shape))
    told = read_payment_text(found.bytes)
    assert told["Sum"] == "11800000"
    assert told["PersonalAcc"] == SELLER.account
    assert told["Purpose"] == "Оплата по счёту № 874 от 03.03.2026, в т. ч. НДС 21278,69"


def test_a_long_note_repeats_its_head_and_sums_each_page():
    sold = paper(lines=lines(30))
    pages = [flat(page) for page in pages_of(to_pdf(FORMS["torg12"](sold), day=DAY))]
    assert len(pages) > 2
    with_lines = [page for page in pages if "Итого" in page]
    assert len(with_lines) > 1
    assert all("наименование,характеристика" in page for page in with_lines)
    found = [re.search(r"ИтогоХХ(\d+)Х(\d+,\d\d)Х(\d+,\d\d?)(\d+,\d\d)", page) for page in with_lines]
    sums = [[Decimal(part.replace(" ", "").replace(",", ".")) for part in one.groups()] for one in found]
    whole = [sum(column) for column in zip(*sums, strict=True)]
    goods = [line for line in sold.lines if not line.is_service]
    assert whole == [
        sum(line.quantity for line in goods), sum(line.net for line in goods), sum(line.tax for line in goods),
        sum(line.amount for line in goods),
    ]  # fmt: skip
    assert flat(f"Всего по накладной Х Х 270 Х {money(whole[1])}") in pages[-1] + pages[-2]


def test_the_new_form_of_april_2026():
    old = flat(" ".join(pages_of(to_pdf(FORMS["factura"](paper(day=date(2026, 3, 31))), day=DAY))))
    new = flat(" ".join(pages_of(to_pdf(FORMS["factura"](paper(day=date(2026, 4, 1))), day=DAY))))
    assert "(5б)" not in old
    assert "(5б)" in new
    assert "врубляхикопейках" in new


def test_what_people_write_is_text_and_nothing_else():
    evil = '#read("/etc/passwd") $x^2$ *b* _i_ `raw` #import "@preview/x:1.0.0" \\ <label> @ref = //'
    sold = paper(buyer=replace(SELLER, name=evil), basis=evil, lines=(replace(lines()[0], name=evil),))
    text = flat(" ".join(pages_of(to_pdf(FORMS["invoice"](sold), day=DAY))))
    assert text.count('#read("/etc/passwd")$x^2$*b*_i_`raw`') >= 2
    assert "root:" not in text


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        '#import "@preview/cetz:0.3.0": *',
        '#image("/link.png")',
    ],
)
def test_not_even_a_template_reaches_out(tmp_path, source):
    """The template is ours; should it ever be somebody's, it finds an empty root and no network."""
    template = tmp_path / "evil.typ"
    template.write_text(source)
    printer = Printer()
    printer._arguments[0] = str(template)
    with pytest.raises(PrintFailed):
        printer.draw(Form("x", (Text("x"),)), day=DAY)
    printer.stop()


def test_a_template_without_end_is_killed(tmp_path):
    template = tmp_path / "slow.typ"
    template.write_text("#for i in range(100000) { for j in range(100000) { let x = i * j } }")
    printer = Printer(seconds=1.0)
    printer._arguments[0] = str(template)
    with pytest.raises(PrintFailed, match="too long"):
        printer.draw(Form("x", (Text("x"),)), day=DAY)
    printer.stop()


def test_the_child_is_bounded():
    printer = Printer()
    printer.draw(Form("x", (Text("x"),)), day=DAY)
    limits = Path(f"/proc/{printer._child.pid}/limits").read_text()
    printer.stop()
    told = {line[:26].strip(): line.split()[-3] for line in limits.splitlines()[1:]}
    assert told["Max address space"] == str(1024 * 1024 * 1024)
    assert told["Max file size"] == str(16 * 1024 * 1024)


def png(width=8, height=8):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x30\xc0" * width for _row in range(height))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def images_in(pdf):
    page = pypdfium2.PdfDocument(pdf)[0]
    return len(list(page.get_objects(filter=[RAW.FPDF_PAGEOBJ_IMAGE], max_depth=5)))


def test_stamp_and_signatures_are_drawn_and_gone_afterwards():
    keys = frozenset({"logo", "stamp", "sign_director", "sign_accountant"})
    form = replace(FORMS["invoice"](paper(pictures=keys)), pictures={key: png() for key in keys})
    assert images_in(to_pdf(form, day=DAY)) == 4
    bare = Form("x", (Picture("stamp", 20),))
    assert images_in(to_pdf(bare, day=DAY)) == 0  # the picture of the paper before is not there any more


@pytest.mark.parametrize("body", [b"<svg/>", b"GIF89a", b"\x89PNG broken", b""])
def test_no_other_pictures_are_taken(body):
    with pytest.raises(PrintFailed):
        to_pdf(Form("x", (Picture("logo", 20),), pictures={"logo": body}), day=DAY)
    assert to_pdf(Form("x", (Text("x"),)), day=DAY).startswith(b"%PDF")


def test_the_same_paper_gives_the_same_file():
    form = FORMS["upd"](paper())
    assert to_pdf(form, day=DAY) == to_pdf(form, day=DAY)


def test_names_that_look_like_formulas_stay_texts():
    sold = paper(lines=(replace(lines()[0], name="=cmd|' /C calc'!A0"),))
    sheet = load_workbook(io.BytesIO(to_xlsx(FORMS["invoice"](sold)))).active
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if "cmd" in str(cell.value)]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_fonts_are_where_the_printer_looks():
    assert {path.suffix for path in FONTS.iterdir()} == {".ttf"}
    assert issubclass(Printer, WarmChild)
