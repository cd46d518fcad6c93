"""Everything that the optimizer offers to the rest of the program."""

from roadwright.optimize.analysis.diagnosis import diagnose
from roadwright.optimize.analysis.explanations import (
    UnknownKeys,
    demands_in_words,
    explain,
    explanations,
    not_computed,
    unknown_keys,
)
from roadwright.optimize.analysis.frontier import Frontier, FrontierPoint, frontier
from roadwright.optimize.analysis.prices import changes_in_words, sum_in_words, tie_break_in_words
from roadwright.optimize.analysis.roles import Role, demands_amount, roles
from roadwright.optimize.isolated import LastFound, explain_isolated, solve_isolated, stream_isolated
from roadwright.optimize.model.canonical import (
    dumps,
    ordered_constraints,
    ordered_targets,
    problem_to_json,
    snapshot_hash,
)
from roadwright.optimize.model.checks import check
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.names import Names, is_everything
from roadwright.optimize.model.objective import candidate_worth, selection_worth
from roadwright.optimize.model.problem import (
    Candidate,
    InvalidProblem,
    Kpi,
    Objective,
    OrderItem,
    Problem,
    ProblemFinding,
    Target,
)
from roadwright.optimize.model.schema import Fault, Faults
from roadwright.optimize.model.solution import Diagnosis, Explanation, Solution, with_names
from roadwright.optimize.reading import ProblemBuilder, RowReader, parse_problem
from roadwright.optimize.repeated.capacities import CapacityStep, value_by_capacity, worth
from roadwright.optimize.repeated.firmness import Trials, firmness
from roadwright.optimize.repeated.later import LaterPeriod, later_periods
from roadwright.optimize.solver.highs import CancelSignal
from roadwright.optimize.solver.worker import Worker, idle_worker
from roadwright.optimize.solving import SolveOptions, SolveProgress, solve

__all__ = [
    "CancelSignal",
    "Candidate",
    "CapacityStep",
    "Constraint",
    "Diagnosis",
    "Explanation",
    "Fault",
    "Faults",
    "Frontier",
    "FrontierPoint",
    "InvalidProblem",
    "Kpi",
    "LastFound",
    "LaterPeriod",
    "Names",
    "Objective",
    "OrderItem",
    "Problem",
    "ProblemBuilder",
    "ProblemFinding",
    "Role",
    "RowReader",
    "Solution",
    "SolveOptions",
    "SolveProgress",
    "Target",
    "Trials",
    "UnknownKeys",
    "Worker",
    "candidate_worth",
    "changes_in_words",
    "check",
    "demands_amount",
    "demands_in_words",
    "diagnose",
    "dumps",
    "explain",
    "explain_isolated",
    "explanations",
    "firmness",
    "frontier",
    "idle_worker",
    "is_everything",
    "later_periods",
    "not_computed",
    "ordered_constraints",
    "ordered_targets",
    "parse_problem",
    "problem_to_json",
    "roles",
    "selection_worth",
    "snapshot_hash",
    "solve",
    "solve_isolated",
    "stream_isolated",
    "sum_in_words",
    "tie_break_in_words",
    "unknown_keys",
    "value_by_capacity",
    "with_names",
    "worth",
]
