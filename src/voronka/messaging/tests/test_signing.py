"""The signature of the domain: held against dkimpy, which checks it as receivers do, whatever the letter looks like."""

import base64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from voronka.config import env
from voronka.kit.pem import read_rsa_key
from voronka.messaging.channels.signing import signed

NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_PLAIN = NoEncryption()


@cache
def key_of(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem_of(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    locked: KeySerializationEncryption = _PLAIN,
) -> bytes:
    return key.private_bytes(Encoding.PEM, form, locked)


def pem_of_odd_curve() -> bytes:
    """Return a key that says it is of prime192v2 (1.2.840.10045.3.1.2), a curve that the library does not know."""
    key = ec.generate_private_key(ec.SECP256R1())
    told = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, _PLAIN)
    of_curve = bytes.fromhex("06082a8648ce3d0301")
    assert of_curve + b"\7" in told
    body = base64.encodebytes(told.replace(of_curve + b"\7", of_curve + b"\2"))
    return b"-----BEGIN PRIVATE KEY-----\n" + body + b"-----END PRIVATE KEY-----\n"


def holds(letter: bytes, key: rsa.RSAPrivateKey) -> bool:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    found: bool = dkim.verify(letter, dnsfunc=lambda name, timeout=5: record)
    return found


def sign(letter: bytes, key: rsa.RSAPrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return signed(letter, pem_of(key, form), domain=b"example.com", selector=b"s1", now=NOON)


VALUES = st.lists(
    st.sampled_from(["a", "Б".encode("utf-7").decode(), " ", "\t", "\r\n ", "\r\n\t", ":", ";"]), max_size=30
)
BODIES = st.lists(st.sampled_from(["a", "=", ".", " ", "\t", "\r\n"]), max_size=40)


@given(subject=VALUES, link=VALUES, body=BODIES)
def test_a_signature_holds_whatever_stands_in_the_letter(
    subject: list[str], link: list[str], body: list[str]
) -> None:
    heads = [
        "From: <s@example.com>",
        f"Subject: x{''.join(subject)}x",
        f"List-Unsubscribe: <{''.join(link)}>",
        "X: 1",
    ]
    letter = "\r\n".join([*heads, "", "".join(body)]).encode()
    done = sign(letter, key_of(1024))
    assert done.endswith(letter)
    assert holds(done, key_of(1024))
    assert not holds(done.replace(b"Subject: x", b"Subject: y"), key_of(1024))
    assert not holds(done + b"more", key_of(1024))
    assert max(map(len, done.split(b"DKIM-Signature", 1)[1].removesuffix(letter).split(b"\r\n"))) <= 78


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_keys_of_both_forms_sign(form: PrivateFormat) -> None:
    assert holds(sign(b"From: s@example.com\r\n\r\n", key_of(2048), form), key_of(2048))


def test_a_key_is_read_once() -> None:
    pem = pem_of(key_of(1024))
    assert read_rsa_key(pem) is read_rsa_key(bytes(bytearray(pem)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key in PEM"),
        (pem_of(ed25519.Ed25519PrivateKey.generate()), "no RSA key of 1024 bits"),
        (pem_of(key_of(1024), locked=BestAvailableEncryption(b"word")), "asks for a password"),
        (pem_of_odd_curve(), "of a kind that is not known here"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_at_the_start(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        env.private_key(str(file))
    file.write_bytes(pem_of(key_of(1024)))
    assert env.private_key(str(file)) == pem_of(key_of(1024))
