"""Roadmaps: what is promised, to whom it may be shown, and whether it still holds."""

from roadwright.web.pages.roadmaps import page

__all__ = ["page"]
