"""The page that shows the paper."""

from __future__ import annotations

from roadwright.services.roadmaps.pipeline import latest_scenario
from roadwright.web.kit import button, empty, link, region
from roadwright.web.page import Visit, address_of, page
from roadwright.web.pages.report.found import load_paper
from roadwright.web.pages.report.paper import paper
from roadwright.web.shell import shell


@page("/report", "Steering report", place="report")
async def without_name(visit: Visit) -> None:
    """The report of the latest run's scenario, or how to get one."""
    name = await visit.read(latest_scenario)
    if name is not None:
        visit.go(address_of("report", name))
        return
    async with shell(visit, "report", "Steering report"):
        region(empty("No scenario yet: type one on Scenario_Config and run it.", link("Home", "/")), "rw-card")


@page("/report/{name:path}", "Steering report", place="report")
async def report(visit: Visit) -> None:
    """One page for the committee, made from a run."""
    found = await visit.read(load_paper, visit.path["name"])
    to_bench = link("Workbench", address_of("workbench", found.run.scenario_name), glyph="workbench")
    async with shell(
        visit,
        "report",
        "Steering report",
        lead="One page for the committee, made from a run. Print it, or save it as PDF.",
        actions=to_bench + button("Print or PDF", look="primary", glyph="print", test="print", local="print"),
    ):
        region(paper(found), "rw-paper", test="paper", tag="article")
