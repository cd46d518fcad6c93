"""Currencies as people write them: signs, and the codes of ISO 4217."""

from __future__ import annotations

from functools import lru_cache

_CODES = frozenset(
    (
        *("AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD"),
        *("BDT", "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN"),
        *("BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF"),
        *("DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS"),
        *("GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS"),
        *("INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW"),
        *("KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL"),
        *("MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN"),
        *("NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR"),
        *("PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK"),
        *("SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS"),
        *("TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS"),
        *("VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL"),
    )
)
_WORDS = frozenset({"ALL", "BAM", "CUP", "GEL", "LAK", "MAD", "MOP", "PEN", "TOP", "TRY", "COP", "NAD", "SOS"})
"""Codes that are words, too: they count in capitals only."""
_DOLLARS = frozenset(code for code in _CODES if code.endswith("D") and code not in {"AED", "BHD", "IQD", "KWD", "SDG"})
_SIGNS = {
    "€": frozenset({"EUR"}),
    "euro": frozenset({"EUR"}),
    "euros": frozenset({"EUR"}),
    "$": _DOLLARS,
    "us$": frozenset({"USD"}),
    "a$": frozenset({"AUD"}),
    "au$": frozenset({"AUD"}),
    "c$": frozenset({"CAD"}),
    "ca$": frozenset({"CAD"}),
    "nz$": frozenset({"NZD"}),
    "hk$": frozenset({"HKD"}),
    "s$": frozenset({"SGD"}),
    "r$": frozenset({"BRL"}),
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "£": frozenset({"GBP", "EGP", "FKP", "GIP", "LBP", "SHP", "SYP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "円": frozenset({"JPY"}),
    "元": frozenset({"CNY"}),
    "₹": frozenset({"INR"}),
    "₽": frozenset({"RUB"}),
    "₩": frozenset({"KRW"}),
    "₪": frozenset({"ILS"}),
    "₺": frozenset({"TRY"}),
    "₴": frozenset({"UAH"}),
    "₫": frozenset({"VND"}),
    "₦": frozenset({"NGN"}),
    "₱": frozenset({"PHP"}),
    "฿": frozenset({"THB"}),
    "₸": frozenset({"KZT"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "kr.": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "zł": frozenset({"PLN"}),
    "kč": frozenset({"CZK"}),
    "ft": frozenset({"HUF"}),
    "fr.": frozenset({"CHF"}),
    "sfr.": frozenset({"CHF"}),
    "lei": frozenset({"RON"}),
}


@lru_cache(maxsize=1_000)
def currency_of(text: str) -> frozenset[str]:
    """The currencies that a sign or a code can stand for; none where the text names no currency."""
    bare = text.strip()
    code = bare.upper()
    if code in _CODES and (bare == code or (bare == bare.lower() and code not in _WORDS)):
        return frozenset({code})
    return _SIGNS.get(bare.lower(), frozenset())
