"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import backlog, home, report, roadmaps, runs, scoring, settings, workbench

__all__ = ["backlog", "home", "report", "roadmaps", "runs", "scoring", "settings", "workbench"]
