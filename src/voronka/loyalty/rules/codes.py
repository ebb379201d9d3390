"""Signs of promo codes: an alphabet that can be read aloud, a check letter, one key however a code is typed."""

import secrets

# 31 signs, a prime number of them: the check letter then finds every wrong sign and every two that changed places.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SECRET_SIGNS = 9  # 31^9: 2.6 * 10^13
MADE_SIGNS = SECRET_SIGNS + 1
LEAST, MOST = 4, 24
_TWINS = str.maketrans("АВЕКМНОРСТУХЁ", "ABEKMHOPCTYXE")


def check_letter(signs: str) -> str:
    """Return the letter that makes mistypes of `signs` (of the alphabet, fewer than 31) seen."""
    whole = sum(ALPHABET.index(sign) * (place + 2) for place, sign in enumerate(signs))
    return ALPHABET[whole % len(ALPHABET)]


def new_signs() -> str:
    """Return the signs of a new code: random ones that cannot be guessed, and their check letter."""
    signs = "".join(secrets.choice(ALPHABET) for _place in range(SECRET_SIGNS))
    return signs + check_letter(signs)


def printed(signs: str, prefix: str = "") -> str:
    """Return a made code as it is printed: `LETO-7KX2M-9QTB4`."""
    halves = (signs[: MADE_SIGNS // 2], signs[MADE_SIGNS // 2 :])
    return "-".join(part for part in (prefix, *halves) if part)


def key_of(typed: str) -> str:
    """Return what a code is found by: case, blanks, dashes and letters that look alike in two alphabets count not."""
    upper = typed[:100].upper().translate(_TWINS)
    return "".join(sign for sign in upper if sign.isalnum())


def is_mistyped(key: str) -> bool:
    """Tell whether the end of a key looks like a made code whose check letter is wrong."""
    signs = key[-MADE_SIGNS:]
    if len(signs) < MADE_SIGNS or any(sign not in ALPHABET for sign in signs):
        return False
    return check_letter(signs[:-1]) != signs[-1]
