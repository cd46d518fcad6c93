"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import home, report, roadmaps, scoring, workbench

__all__ = ["home", "report", "roadmaps", "scoring", "workbench"]
