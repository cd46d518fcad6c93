"""The scenario workbench: change one thing, see the best answer and its price, keep it or not."""

from roadwright.web.pages.workbench import page

__all__ = ["page"]
