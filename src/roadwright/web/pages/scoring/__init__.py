"""Scoring & KPIs: what counts, what drives it, and which numbers nobody has vouched for yet."""

from roadwright.web.pages.scoring import page

__all__ = ["page"]
