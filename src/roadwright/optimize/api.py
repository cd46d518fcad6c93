"""Everything that the optimizer offers to the rest of the program."""

from roadwright.optimize.analysis.diagnosis import diagnose
from roadwright.optimize.analysis.explanations import UnknownKeys, explain, explanations, not_computed, unknown_keys
from roadwright.optimize.analysis.frontier import Frontier, FrontierPoint, frontier
from roadwright.optimize.isolated import LastFound, explain_isolated, solve_isolated
from roadwright.optimize.model.canonical import problem_to_json, snapshot_hash
from roadwright.optimize.model.checks import check
from roadwright.optimize.model.objective import candidate_worth
from roadwright.optimize.model.parse import parse_problem
from roadwright.optimize.model.problem import Fault, InvalidProblem, Problem, ProblemFinding
from roadwright.optimize.model.solution import Diagnosis, Explanation, Solution
from roadwright.optimize.solver.highs import CancelSignal
from roadwright.optimize.solver.worker import Worker, idle_worker
from roadwright.optimize.solving import SolveOptions, SolveProgress, solve

__all__ = [
    "CancelSignal",
    "Diagnosis",
    "Explanation",
    "Fault",
    "Frontier",
    "FrontierPoint",
    "InvalidProblem",
    "LastFound",
    "Problem",
    "ProblemFinding",
    "Solution",
    "SolveOptions",
    "SolveProgress",
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
