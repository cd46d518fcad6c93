"""All pages; importing a module registers its pages. One line for each."""

from roadwright.web.pages import backlog, conflicts, home, report, roadmaps, runs, scoring, settings, workbench

__all__ = ["backlog", "conflicts", "home", "report", "roadmaps", "runs", "scoring", "settings", "workbench"]
