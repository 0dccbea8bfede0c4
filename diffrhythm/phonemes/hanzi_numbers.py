"""Digits in a Mandarin line, written in characters: 2024年, 3月5日, 50%, 3/4, 20℃, 1.5."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万")  # the fourth group counts ten thousands of the third
_LONGEST = 16  # digits that have a name together; what is longer stays as it is
_LONGEST_FRACTION = 16

_MEASURES = (
    "斤|克|千克|公斤|吨|米|厘米|毫米|公里|升|毫升|元|角|分|个|只|条|张|块|瓶|杯|份|本|"
    "辆|台|匹|头|位|亩|小时|分钟|秒|天|半"
)
_RANGE = re.compile(rf"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?=(?:{_MEASURES}))")
_DATE = re.compile(r"(\d{2,4}年)?(\d{1,2}月)?(\d{1,2}日)?")
_YEAR = re.compile(r"\d+(?=年)")
_FRACTION = re.compile(r"(\d+)/(\d+)")
_PERCENT = re.compile(r"(-?(?:\d+\.)?\d+)%")
_CELSIUS = re.compile(r"(\d+)℃")
_NUMBER = re.compile(r"-?(?:\d+\.)?\d+")
_HALF_WIDTH = {ord("０") + digit: ord("0") + digit for digit in range(10)}


def in_characters(text: str) -> str:
    """Write every number of the text in Mandarin."""
    text = _RANGE.sub(lambda found: _whole(found, f"{_number(found[1])}到{_number(found[2])}"), text)
    text = _DATE.sub(lambda found: _date(found[0]), text)
    text = _FRACTION.sub(lambda found: _whole(found, f"{_number(found[2])}分之{_number(found[1])}"), text)
    text = _PERCENT.sub(lambda found: _whole(found, f"百分之{_number(found[1])}"), text)
    text = _CELSIUS.sub(lambda found: _whole(found, f"{_number(found[1])}摄氏度"), text)
    return _NUMBER.sub(lambda found: _number(found[0]), text)


def _whole(found: re.Match[str], written: str) -> str:
    """Keep what was found where one of its numbers has no name."""
    return found[0] if re.search(r"\d", written) else written


def _date(text: str) -> str:
    by_digit = _YEAR.sub(lambda year: "".join(_DIGITS[int(digit)] for digit in year[0]), text)
    return re.sub(r"\d+", lambda found: _number(found[0]), by_digit)


def _number(text: str) -> str:
    """Say a number; one that is too long, or in other digits than 0-9, comes back as it is."""
    plain = text.translate(_HALF_WIDTH)
    if not plain.isascii():
        return text
    sign = "负" if plain.startswith("-") else ""
    integer, point, fraction = plain.removeprefix("-").partition(".")
    integer = integer.lstrip("0") or "0"
    if len(integer) > _LONGEST:
        return text
    decimals = "".join(_DIGITS[int(digit)] for digit in fraction[:_LONGEST_FRACTION])
    return sign + _integer(integer) + ("点" + decimals if point else "")


def _integer(digits: str) -> str:
    said = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        group = _GROUPS[place // 4] if place % 4 == 0 else ""
        if digit != "0":
            said += _DIGITS[int(digit)] + _PLACES[place % 4] + group
        else:
            said += ("零" + group) if place % 4 == 0 else ""
            said += "零" if len(said) and not said.endswith("零") and place != len(digits) - 1 else ""
    said = said.replace("零零", "零").replace("零万", "万").replace("零亿", "亿").replace("亿万", "亿").strip("零")
    said = re.sub(r"([万亿])零([一二三四五六七八九]千)", r"\1\2", said)
    return said.removeprefix("一") if said.startswith("一十") else said or "零"
