"""English number words by rule: 1905 as a year, $5.50, 3/4, 2.5, 50%, 12th, and plain numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = ". . twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = (
    "thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion"
).split()
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LONGEST = 36  # digits that have a name together; longer ones are read digit by digit

_GROUPED = re.compile(r"[0-9][0-9,]+[0-9]")
_POUNDS = re.compile(r"£([0-9,]*[0-9]+)")
_DOLLARS = re.compile(r"\$([0-9.,]*[0-9]+)")
# each begins where a number begins, so that a long row of digits is looked at once
_FRACTION = re.compile(r"(?<![0-9])([0-9]+)/([0-9]+)")
_DECIMAL = re.compile(r"(?<![0-9])([0-9]+)\.([0-9]+)")
_PERCENT = re.compile(r"(?<![0-9.,])([0-9.,]*[0-9])%")
_ORDINAL = re.compile(r"(?<![0-9])([0-9]+)(?:st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]+")


def in_words(text: str) -> str:
    """Write every number of the text in words."""
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = _POUNDS.sub(r"\1 pounds", text)
    text = _DOLLARS.sub(lambda found: _dollars(found[1]), text)
    text = _FRACTION.sub(lambda found: f" {_fraction(found[1], found[2])} ", text)
    text = _DECIMAL.sub(r"\1 point \2", text)
    text = _PERCENT.sub(r"\1 percent ", text)
    text = _ORDINAL.sub(lambda found: ordinal(cardinal(found[1], "and")), text)
    return _NUMBER.sub(lambda found: f" {_number(found[0])} ", text)


def cardinal(digits: str, joint: str = "") -> str:
    """Say a whole number of any length; `joint` stands before its last two digits ("one hundred and five")."""
    digits = digits.lstrip("0") or "0"
    if len(digits) > _LONGEST:
        return " ".join(_ONES[int(digit)] for digit in digits)
    groups = [int(digits[max(0, end - 3) : end]) for end in range(len(digits), 0, -3)]
    said = [
        _below_thousand(group, joint) + (f" {_SCALES[place - 1]}" if place else "")
        for place, group in reversed(list(enumerate(groups)))
        if group
    ]
    if len(said) > 1 and 0 < groups[0] < 100:
        return ", ".join(said[:-1]) + f" {joint} {said[-1]}".replace("  ", " ")
    return ", ".join(said) or "zero"


def ordinal(said: str) -> str:
    """Turn number words into their ordinal: "twenty-one" to "twenty-first"."""
    cut = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[cut:]
    if last in _ORDINALS:
        return said[:cut] + _ORDINALS[last]
    return said[:-1] + "ieth" if last.endswith("y") else said + "th"


def _number(digits: str) -> str:
    if len(digits.lstrip("0")) == 4 and 1000 < int(digits) < 3000:
        return _year(int(digits))
    return cardinal(digits)


def _year(number: int) -> str:
    if number == 2000:
        return "two thousand"
    if 2000 < number < 2010:
        return f"two thousand {_ONES[number - 2000]}"
    if number % 100 == 0:
        return f"{_below_hundred(number // 100)} hundred"
    return " ".join(_pairs(number))


def _pairs(number: int) -> Iterator[str]:
    century, rest = divmod(number, 100)
    yield _below_hundred(century)
    yield f"oh {_ONES[rest]}" if rest < 10 else _below_hundred(rest)


def _below_hundred(number: int) -> str:
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _below_thousand(number: int, joint: str) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    said = f"{_ONES[hundreds]} hundred"
    return f"{said} {joint} {_below_hundred(rest)}".replace("  ", " ") if rest else said


def _dollars(amount: str) -> str:
    parts = amount.split(".")
    if len(parts) > 2 or "," in amount:
        return f"{amount} dollars"
    dollars, cents = (part.lstrip("0") for part in (*parts, "")[:2])
    dollar_words = f"{dollars} {'dollar' if dollars == '1' else 'dollars'}"
    cent_words = f"{cents} {'cent' if cents == '1' else 'cents'}"
    if dollars and cents:
        return f"{dollar_words}, {cent_words}"
    return dollar_words if dollars else cent_words if cents else "zero dollars"


def _fraction(above: str, below: str) -> str:
    numerator, denominator = above.lstrip("0") or "0", below.lstrip("0") or "0"
    if denominator in ("2", "4"):
        name = {"2": "half", "4": "quarter"}[denominator]
        plural = {"half": "halves", "quarter": "quarters"}[name]
        return f"one {name}" if numerator == "1" else f"{cardinal(numerator, 'and')} {plural}"
    return f"{cardinal(numerator, 'and')} {ordinal(cardinal(denominator, 'and'))}"
