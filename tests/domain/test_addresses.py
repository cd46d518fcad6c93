"""Which addresses lead to this machine, and to which one something may be sent that others must not read."""

from __future__ import annotations

import pytest

from roadwright.domain.addresses import is_private, leads_here


@pytest.mark.parametrize(
    ("address", "here", "private"),
    [
        ("https://login.example.com/realm", False, True),
        ("http://login.example.com/realm", False, False),
        ("http://127.0.0.1:8080/", True, True),
        ("http://localhost", True, True),
        ("http://[::1]:9", True, True),
        ("http://127.0.0.1@evil.example/", False, False),
        ("http://evil@127.0.0.1/", False, False),
        ("http://127.0.0.1.evil.example/", False, False),
        ("ftp://127.0.0.1/", False, False),
        ("https://", False, False),
        ("http://[", False, False),
        ("", False, False),
    ],
)
def test_addresses(address: str, here: bool, private: bool) -> None:
    assert leads_here(address) is here
    assert is_private(address) is private
