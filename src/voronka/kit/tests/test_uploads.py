"""Uploaded files: their real type, their names, and that nothing that could run is shown in place (SAFETY, check 9)."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.errors import Invalid
from voronka.kit.uploads import MIB, PICTURES, Upload, check_upload, clean_file_name, delivery_headers, find_type

TABLES = Path(__file__).parent / "samples" / "tables"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000"
    "000049454e44ae426082"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x00\xff\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00;"


def packed(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom\x00", "video/mp4"),
        (packed("a.txt"), "application/zip"),
        (packed("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            (TABLES / "wondersell.xlsx").read_bytes(),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ((TABLES / "clients.ods").read_bytes(), "application/vnd.oasis.opendocument.spreadsheet"),
        ((TABLES / "clients.xls").read_bytes(), "application/vnd.ms-excel"),
        ("Привет".encode(), "text/plain"),
        ("Привет".encode("cp1251"), "text/plain"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"  \n<html><script>alert(1)</script>", "text/html"),
        (b"plain <script >alert(1)</script>", "text/html"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
        (b"<svg onload='alert(1)'>", "image/svg+xml"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
    ],
)
def test_the_type_is_found_by_content(content: bytes, content_type: str) -> None:
    assert find_type(io.BytesIO(content)) == content_type


POLYGLOTS = [
    GIF + b"<script>alert(1)</script>",
    b"GIF89a/*<svg onload=alert(1)>*/=1;",
    JPEG + b"<HTML><body onload=alert(1)>",
    PNG + packed("a.txt"),
    JPEG[:30] + b"%PDF-1.4" + JPEG[30:],
    PNG + b" " * (256 * 1024 - len(PNG) - 3) + b"<script>alert(1)</script>",
]


@pytest.mark.parametrize("content", POLYGLOTS)
def test_a_polyglot_is_no_picture(content: bytes) -> None:
    upload = check_upload("photo.png", io.BytesIO(content))
    assert not upload.is_picture
    headers = delivery_headers(upload.name, upload.content_type, as_picture=upload.is_picture)
    assert headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("content", [PNG, JPEG, GIF])
def test_a_clean_picture_is_shown_in_place(content: bytes) -> None:
    source = io.BytesIO(content)
    upload = check_upload("Фото.png", source)
    assert upload == Upload("Фото.png", find_type(source), len(content), is_picture=True)
    headers = delivery_headers(upload.name, upload.content_type, as_picture=upload.is_picture)
    assert headers["Content-Disposition"].startswith("inline;")
    assert headers["Content-Type"] in PICTURES
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content", [b"<svg onload='alert(1)'>", b"<html><script>alert(1)</script>", b"<?xml version='1.0'?><a/>"]
)
@pytest.mark.parametrize("as_picture", [False, True])
def test_drawings_and_pages_are_downloads_of_no_type(content: bytes, as_picture: bool) -> None:
    upload = check_upload("picture.svg", io.BytesIO(content))
    headers = delivery_headers(upload.name, upload.content_type, as_picture=as_picture)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "upload_empty"),
        ("a.png", b"x" * (MIB + 1), "upload_too_big"),
        ("a.pdf", b"MZ\x90\x00", "upload_program"),
        ("a", b"#!/bin/sh\n", "upload_program"),
        ("счёт.pdf.exe", b"text", "upload_program"),
        ("счёт\u202efdp.exe", b"text", "upload_program"),
        ("a.lnk ", b"text", "upload_program"),
        ("a.png", b"text", "upload_kind"),
    ],
)
def test_refusals(name: str, content: bytes, code: str) -> None:
    allowed = PICTURES if code == "upload_kind" else None
    with pytest.raises(Invalid) as caught:
        check_upload(name, io.BytesIO(content), max_mib=1, allowed=allowed, field="photo")
    assert caught.value.code == code
    assert list(caught.value.fields) == ["photo"]


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Договор №5.pdf", "Договор №5.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Счёт.docx", "Счёт.docx"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("a\u200b\ufeff.txt", "a.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("файл" * 100 + ".xlsx", "файл" * 24 + "ф.xlsx"),
        ("e\u0301.txt", "é.txt"),
        ("a.txt. . ", "a.txt"),
    ],
)
def test_names_are_cleaned(raw: str, cleaned: str) -> None:
    assert clean_file_name(raw) == cleaned


@given(st.text())
def test_any_name_becomes_a_safe_one(raw: str) -> None:
    cleaned = clean_file_name(raw)
    assert 0 < len(cleaned.encode()) <= 200
    assert not set(cleaned) & set('/\\<>:"|?*\0\r\n\u202e')
    assert cleaned not in (".", "..")
    assert clean_file_name(cleaned) == cleaned


@given(st.text())
def test_no_name_splits_a_header(name: str) -> None:
    value = delivery_headers(name, "text/plain")["Content-Disposition"]
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2
