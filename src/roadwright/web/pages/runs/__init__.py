"""Runs: the ledger as a list, and one of its runs with all that was kept of it."""

from roadwright.web.pages.runs import detail, ledger

__all__ = ["detail", "ledger"]
