"""The portfolio optimizer as a library: Problem in, Solution out; no database, no sheets, no server."""

from roadwright.optimize.canonical import problem_to_json, snapshot_hash
from roadwright.optimize.checks import check
from roadwright.optimize.diagnose import diagnose
from roadwright.optimize.explain import UnknownKeys, explain, explanations, not_computed, unknown_keys
from roadwright.optimize.frontier import Frontier, FrontierPoint, frontier
from roadwright.optimize.isolated import LastFound, explain_isolated, solve_isolated
from roadwright.optimize.objective import candidate_worth
from roadwright.optimize.parse import parse_problem
from roadwright.optimize.problem import Fault, Finding, InvalidProblem, Problem
from roadwright.optimize.solution import Diagnosis, Explanation, Solution
from roadwright.optimize.solve import Progress, SolveOptions, solve
from roadwright.optimize.worker import Worker, idle_worker

__all__ = [
    "Diagnosis",
    "Explanation",
    "Fault",
    "Finding",
    "Frontier",
    "FrontierPoint",
    "InvalidProblem",
    "LastFound",
    "Problem",
    "Progress",
    "Solution",
    "SolveOptions",
    "UnknownKeys",
    "Worker",
    "candidate_worth",
    "check",
    "diagnose",
    "explain",
    "explain_isolated",
    "explanations",
    "frontier",
    "idle_worker",
    "not_computed",
    "parse_problem",
    "problem_to_json",
    "snapshot_hash",
    "solve",
    "solve_isolated",
    "unknown_keys",
]
