"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import home, workbench

__all__ = ["home", "workbench"]
