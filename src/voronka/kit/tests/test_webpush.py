"""Sealing for devices by the standard's own example (RFC 8291, 5 and A), and what is no subscription."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from voronka.kit import webpush
from voronka.kit.webpush import sealing
from voronka.kit.webpush.identity import public_key
from voronka.kit.webpush.sealing import MOST, from_text, read_subscription, seal, to_text

TEXT = b"When I grow up, I want to be a watermelon"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_to_the_bit():
    key = ec.derive_private_key(int.from_bytes(from_text(OURS), "big"), ec.SECP256R1())
    to = read_subscription("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", POINT, SECRET)
    assert to_text(seal(TEXT, to, key=key, salt=from_text(SALT))) == BODY


def test_no_two_messages_are_sealed_alike_and_too_long_a_one_is_refused():
    to = read_subscription("https://push.example.net/1", POINT, SECRET)
    assert seal(TEXT, to) != seal(TEXT, to)
    assert len(seal(b"x" * MOST, to)) == sealing.RECORD
    with pytest.raises(ValueError, match="at most"):
        seal(b"x" * (MOST + 1), to)


@pytest.mark.parametrize(
    ("point", "secret"),
    [
        ("", SECRET),
        (POINT, ""),
        (POINT, SECRET + "AAAA"),
        (POINT[:-4], SECRET),
        ("A" * len(POINT), SECRET),
        (POINT[:-1] + "8", SECRET),
        ("ключ", SECRET),
        (POINT, "не секрет"),
    ],
)
def test_what_is_no_subscription_is_refused_before_anything_is_sent(point, secret):
    with pytest.raises(webpush.Unusable):
        read_subscription("https://push.example.net/1", point, secret)


def test_the_key_is_the_installations_own_and_stays_the_same(settings):
    first = public_key()
    assert first == public_key()
    assert len(from_text(first)) == 65
    settings.SECRET_KEY = "another-secret-of-another-installation"
    assert public_key() != first
