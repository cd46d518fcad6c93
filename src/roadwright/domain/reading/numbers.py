"""Numbers as people type them: ``1,234.5``, ``12k``, ``€ 40,000``, ``~120``, ``12 days``, ``1.200,5``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from roadwright.domain.messages import Level, Message
from roadwright.domain.reading.currencies import currency_of
from roadwright.domain.reading.rules import AS_TYPED, ReadingRules, Unreadable
from roadwright.domain.reading.units import MILLION, NO_UNIT, ONE, Unit, is_percent, split_multiplier
from roadwright.domain.text import BLANKS, INVISIBLE, folded

ACCEPTED = "a number such as 1234.5, 1,234.5, 12k or 12 %"

_UNIFORM = str.maketrans(
    {
        **dict.fromkeys(BLANKS, " "),
        **dict.fromkeys(INVISIBLE),
        **dict.fromkeys("\u2019\u02bc\u2032\u00b4`\u2018", "'"),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\ufe63\uff0d", "-"),
    }
)
"""All sorts of blanks, apostrophes and minus signs as the plain one."""
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_ABOUT = re.compile(
    r"(?:[~≈≃∼≅]|(?:ca|approx|appr|c)\.\s*|(?:ca|circa|approx|approximately|about|around|roughly)\s+)\s*", re.I
)
_PARTS = re.compile(
    r"(?P<outer>[+-]?)\s*(?P<before>[^\d+\-.,']{0,30}?\.?)\s*(?P<inner>[+-]?)\s*"
    r"(?P<digits>\.?\d(?:\d|[.,' ](?=\d))*\.?(?:[eE][+-]?\d{1,3}(?!\d))?)"
    r"(?P<after>(?:[^\d]{0,60})?)",
    re.ASCII,
)
_RANGE = re.compile(
    r"(?P<one>[^\d\-–—]{0,12}\d[\d.,' ]*[^\d\-–—]{0,12}?)\s*(?:[-–—…]|\.\.+|\b(?:to|bis|till|until)\b)\s*"
    r"(?P<other>[^\d\-–—]{0,12}\d[\d.,' ]*[^\d\-–—]{0,12})",
    re.IGNORECASE | re.ASCII,
)
_GROUP = r"[1-9]\d{0,2}"  # no group of thousands starts with 0
_POINT_OR_GROUP = re.compile(rf"{_GROUP}\.\d{{3}}", re.ASCII)
_COMMA_GROUP = re.compile(rf"{_GROUP},\d{{3}}", re.ASCII)
_POINT_DECIMAL = re.compile(rf"\d+(\.\d*)?|\.\d+|{_GROUP}(,\d{{3}})+\.\d*|{_GROUP}(,\d{{3}}){{2,}}", re.ASCII)
_COMMA_DECIMAL = re.compile(rf"\d+,\d+|{_GROUP}(\.\d{{3}})+,\d+|{_GROUP}(\.\d{{3}}){{2,}}", re.ASCII)
_OTHER_GROUPS = re.compile(rf"{_GROUP}(([ '])\d{{3}})(\2\d{{3}})*([.,]\d+|\.)?", re.ASCII)
_SIZES = frozenset({"xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "small", "medium", "large", "tiny", "huge"})
_NAMED = re.compile(r"[^\W\d_]|[€$£¥]")
"""What makes a text behind a number a unit, and no mere sign."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """What a text says: its number, whether a percent sign stands at it, and whether it is written plainly."""

    number: float
    is_percent: bool = False
    is_plain: bool = False

    @property
    def value(self) -> float:
        """The number itself: ``12 %`` is 0.12."""
        return float(Decimal(repr(self.number)) / 100) if self.is_percent else self.number


def parse_number(
    text: str, rules: ReadingRules = AS_TYPED, unit: Unit = NO_UNIT, *, sized: bool = False
) -> TypedNumber:
    """The number that a text means, in the declared unit. ``sized`` amounts may be one of the rules' sizes.

    Raises Unreadable.
    """
    bare = text.translate(_UNIFORM).strip()
    if _PLAIN.fullmatch(bare) and not _POINT_OR_GROUP.fullmatch(bare.lstrip("+-")):
        return TypedNumber(_finite(Decimal(bare)), is_plain=True)
    if sized and (word := folded(bare)) in rules.sizes:
        return TypedNumber(rules.sizes[word])
    about = _ABOUT.match(bare)
    rest = bare if about is None else bare[about.end() :]
    if rest[:1] == "–":  # programs make a dash of a minus sign
        rest = "-" + rest[1:]
    parts = _PARTS.fullmatch(rest) if len(rest) <= _LONGEST else None
    if parts is None or (parts["outer"] and parts["inner"]):
        raise _no_number(bare, sized)
    number = _decimal(parts["digits"], rules, parts["before"].strip() + parts["after"].strip())
    if "-" in (parts["outer"], parts["inner"]):
        number = -number
    return _in_unit(number, parts["before"].strip(), parts["after"].strip(), unit)


def _finite(number: Decimal) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise Unreadable("number_too_large")
    return value


def _no_number(text: str, sized: bool) -> Unreadable:
    found = _RANGE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is not None:
        return Unreadable("is_a_range", one=found["one"].strip(), other=found["other"].strip())
    if sized and folded(text) in _SIZES:
        return Unreadable("is_a_size", size=text)
    return Unreadable("is_no_number")


def _decimal(digits: str, rules: ReadingRules, beside: str) -> Decimal:
    """The number that digits with their separators mean."""
    mantissa, exponent = re.fullmatch(r"(.*?)((?:[eE].*)?)", digits, re.DOTALL).groups()  # type: ignore[union-attr]
    if _POINT_OR_GROUP.fullmatch(mantissa) and not exponent:
        if rules.decimal is None:
            one, other = mantissa.rstrip("0").rstrip("."), mantissa.replace(".", ",")
            raise Unreadable("two_numbers", one=one + _behind(beside), other=other + _behind(beside))
        return Decimal(mantissa if rules.decimal == "." else mantissa.replace(".", ""))
    if _COMMA_GROUP.fullmatch(mantissa) and rules.decimal != ",":
        return Decimal(mantissa.replace(",", "") + exponent)
    if _POINT_DECIMAL.fullmatch(mantissa):
        return Decimal(mantissa.replace(",", "") + exponent)
    if _COMMA_DECIMAL.fullmatch(mantissa):
        return Decimal(mantissa.replace(".", "").replace(",", ".") + exponent)
    if _OTHER_GROUPS.fullmatch(mantissa):
        return Decimal(re.sub("[ ']", "", mantissa).replace(",", ".") + exponent)
    raise Unreadable("is_no_number")


def _behind(beside: str) -> str:
    return f" {beside}" if beside else ""


def _in_unit(number: Decimal, before: str, after: str, unit: Unit) -> TypedNumber:
    """The number with what stands before and behind it, in the declared unit."""
    if not before and not after:
        return TypedNumber(_finite(number))
    whole = folded(f"{before}{after}" if not before or not after else f"{before} {after}")
    if is_percent(whole):
        return TypedNumber(_finite(number), is_percent=True)
    if whole in unit.words or whole.replace(" ", "") in unit.words:
        return TypedNumber(_finite(number))
    scale, written = _multiplied(before, after)
    if written == "m":
        raise Unreadable("million_or_months", number=_shown(number))
    typed = currency_of(written)
    if typed and unit.currencies and not typed & unit.currencies:
        raise Unreadable("other_currency", currency=written, unit=unit.name)
    if not typed or not (unit.currencies or unit.is_open):
        typed = frozenset()
        if written and folded(written) not in unit.words:
            if not _NAMED.search(written):
                raise Unreadable("is_no_number")
            raise Unreadable("other_unit", written=written, unit=unit.name or Message("no_unit", Level.OK))
    if unit.scale == ONE:
        return TypedNumber(_finite(number * scale))
    if typed and scale != ONE:
        return TypedNumber(_finite(number * scale / unit.scale))
    factor = scale if scale != ONE else ONE / unit.scale
    raise Unreadable("two_amounts", one=_shown(number), other=_shown(number * factor), unit=unit.name)


def _multiplied(before: str, after: str) -> tuple[Decimal, str]:
    """What multiplies the number, and the unit that is written at it. A lone ``m`` is left for the caller."""
    if before and not (currency_of(before) or after):
        if before[:1] == "m" and currency_of(before[1:]):
            return MILLION, before[1:]
        scale, rest = split_multiplier(before)
        return (scale, rest) if currency_of(rest) else (ONE, before)
    scale, rest = split_multiplier(after) if after else (ONE, "")
    if rest == "m" and before:  # €12m: nobody counts months in euros
        scale, rest = MILLION, ""
    elif scale == ONE and rest[:1] == "m" and len(rest) > 1 and currency_of(rest[1:]):
        scale, rest = MILLION, rest[1:].strip()
    elif scale == ONE and rest[-1:] == "m" and len(rest) > 1 and currency_of(rest[:-1]):
        scale, rest = MILLION, rest[:-1].strip()
    if before and rest and currency_of(before) != currency_of(rest):
        return scale, f"{before} {rest}"
    return scale, rest or before


def _shown(number: Decimal) -> str:
    return f"{number.normalize():,f}"
