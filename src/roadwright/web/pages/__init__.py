"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import home, runs

__all__ = ["home", "runs"]
