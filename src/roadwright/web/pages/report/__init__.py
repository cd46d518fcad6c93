"""The steering report: the committee decides from one sheet of paper."""

from roadwright.web.pages.report import page

__all__ = ["page"]
