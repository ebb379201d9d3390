"""Sums and numbers in Russian words, as papers write them."""

from dataclasses import dataclass
from decimal import Decimal

_MALE = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
_FEMALE = ("", "одна", "две", *_MALE[3:])
_NEUTER = ("", "одно", "два", *_MALE[3:])
_TEENS = ("десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
          "семнадцать", "восемнадцать", "девятнадцать")  # fmt: skip
_TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")
_SCALES = (
    (_FEMALE, ("тысяча", "тысячи", "тысяч")),
    (_MALE, ("миллион", "миллиона", "миллионов")),
    (_MALE, ("миллиард", "миллиарда", "миллиардов")),
    (_MALE, ("триллион", "триллиона", "триллионов")),
)
MOST = 10**15 - 1


@dataclass(frozen=True, slots=True)
class Coin:
    """A currency's whole and hundredth with their forms for 1, 2 and 5; `ones` is the gender of the whole."""

    whole: tuple[str, str, str]
    part: tuple[str, str, str]
    ones: tuple[str, ...] = _MALE


_KOPECK = ("копейка", "копейки", "копеек")
_CENT = ("цент", "цента", "центов")
COINS = {
    "RUB": Coin(("рубль", "рубля", "рублей"), _KOPECK),
    "BYN": Coin(("белорусский рубль", "белорусских рубля", "белорусских рублей"), _KOPECK),
    "USD": Coin(("доллар США", "доллара США", "долларов США"), _CENT),
    "EUR": Coin(("евро", "евро", "евро"), ("евроцент", "евроцента", "евроцентов")),
    "GBP": Coin(("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"), ("пенни", "пенса", "пенсов")),
    "CNY": Coin(("юань", "юаня", "юаней"), ("фэнь", "фэня", "фэней")),
    "KZT": Coin(("тенге", "тенге", "тенге"), ("тиын", "тиына", "тиынов")),
    "UAH": Coin(("гривна", "гривны", "гривен"), _KOPECK, _FEMALE),
}
_UNNAMED = Coin(("", "", ""), ("", "", ""))


def form_of(number: int, forms: tuple[str, str, str]) -> str:
    """Return the form of a word that stands with the number: 1 рубль, 2 рубля, 5 рублей."""
    tens, ones = abs(number) % 100, abs(number) % 10
    if 11 <= tens <= 14 or ones == 0 or ones >= 5:
        return forms[2]
    return forms[0] if ones == 1 else forms[1]


def _below_thousand(number: int, ones: tuple[str, ...]) -> list[str]:
    words = [_HUNDREDS[number // 100]]
    rest = number % 100
    words += [_TEENS[rest - 10]] if 10 <= rest <= 19 else [_TENS[rest // 10], ones[rest % 10]]
    return [word for word in words if word]


def _spelled(number: int, ones: tuple[str, ...]) -> str:
    if abs(number) > MOST:
        raise ValueError("too_big")
    if number == 0:
        return "ноль"
    words = ["минус"] if number < 0 else []
    number = abs(number)
    groups = [number // 1000**power % 1000 for power in range(len(_SCALES) + 1)]
    for power in range(len(_SCALES), 0, -1):
        group = groups[power]
        if group:
            gender, forms = _SCALES[power - 1]
            words += [*_below_thousand(group, gender), form_of(group, forms)]
    return " ".join([*words, *_below_thousand(groups[0], ones)])


def number_in_words(number: int, *, gender: str = "male") -> str:
    """Return a whole number in words, in the gender (male, female, neuter) of what is counted: две позиции.

    Raises ValueError("too_big") from a thousand trillions on.
    """
    return _spelled(number, {"female": _FEMALE, "neuter": _NEUTER}.get(gender, _MALE))


def sum_in_words(amount: Decimal, currency: str = "RUB", *, capital: bool = True) -> str:
    """Return a sum as papers write it: "Сто восемнадцать тысяч рублей 00 копеек".

    Hundredths stay digits. A currency without known words is told by its code. Raises ValueError("too_big").
    """
    hundredths = int((abs(amount) * 100).to_integral_value(rounding="ROUND_HALF_UP"))
    whole, part = divmod(hundredths, 100)
    coin = COINS.get(currency, _UNNAMED)
    spelled = _spelled(whole, coin.ones)
    if amount < 0 and hundredths:
        spelled = "минус " + spelled
    named = f"{form_of(whole, coin.whole)} {part:02d} {form_of(part, coin.part)}"
    text = f"{spelled} {named}" if coin is not _UNNAMED else f"{spelled} {currency} {part:02d}"
    return text[0].upper() + text[1:] if capital else text
