"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import home, runs, settings

__all__ = ["home", "runs", "settings"]
