"""What is maximised: the objective's stages as exact combinations of KPI improvements, and the scales behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.decimals import as_float, exact, exact_sum
from roadwright.domain.messages import notice
from roadwright.domain.optimization import GOALS, FindingKind, ObjectiveMode, Severity
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.names import is_everything
from roadwright.optimize.model.numbers import WholeCost
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, ProblemFinding

SHORTFALL_STAGE = GOALS


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to optimise: the goals' relative shortfall (minimised), or a combination of improvements (maximised).

    `tolerance` is the share of this stage's optimum that later stages may give up.
    """

    name: str
    weights: Mapping[str, Fraction]
    is_shortfall: bool = False
    tolerance: Fraction = Fraction(0)

    def value(self, evaluation: Evaluation) -> Fraction:
        """The stage's exact value of a selection, as it is reported."""
        if self.is_shortfall:
            return evaluation.relative_shortfall
        return sum((weight * evaluation.improvement[kpi] for kpi, weight in self.weights.items()), Fraction(0))

    @property
    def sign(self) -> int:
        """What turns the stage's value into a cost to minimise."""
        return 1 if self.is_shortfall else -1

    def costs(self, model: PortfolioModel) -> WholeCost:
        """What each column costs, to be minimised."""
        if self.is_shortfall:
            return model.shortfall()
        parts = [(-weight, *model.improvement(kpi)) for kpi, weight in self.weights.items() if weight]
        return WholeCost.of(model.width, parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages in their order (none: any allowed portfolio will do), and what there is to say about them."""

    stages: tuple[Stage, ...]
    findings: tuple[ProblemFinding, ...]


def plan(model: PortfolioModel) -> Plan:
    """The stages of the problem's objective."""
    problem = model.problem
    objective = problem.objective
    findings = [_finding("unused_by_mode", field=name, mode=objective.mode) for name in objective.unused]
    if objective.mode is ObjectiveMode.NORTH_STAR:
        return Plan((_kpi_stage(problem.north_star.key),), tuple(findings))
    if objective.mode is ObjectiveMode.LEXICOGRAPHIC:
        stages = [Stage(SHORTFALL_STAGE, {}, is_shortfall=True)] if model.all_goals else []
        stages += [_kpi_stage(item.kpi, exact(item.tolerance)) for item in objective.order]
        if problem.north_star.key not in {item.kpi for item in objective.order}:
            stages.append(_kpi_stage(problem.north_star.key))
        if stages[-1].tolerance:
            findings.append(_finding("last_tolerance", kpi=stages[-1].name))
        return Plan(tuple(stages), tuple(findings))
    weights: dict[str, Fraction] = {}
    for kpi, weight in sorted(objective.weights.items()):
        if weight > 0:
            scale = _scale(model, kpi, findings)
            if scale > 0:
                weights[kpi] = exact(weight) / scale
    if not weights:
        findings.append(_finding("nothing_to_improve"))
        return Plan((), tuple(findings))
    return Plan((Stage(ObjectiveMode.WEIGHTED_KPIS.value, weights),), tuple(findings))


def _finding(code: str, severity: Severity = Severity.WARNING, **params: object) -> ProblemFinding:
    return ProblemFinding("objective", notice(code, **params), severity, FindingKind.OBJECTIVE)


def _kpi_stage(kpi: str, tolerance: Fraction = Fraction(0)) -> Stage:
    return Stage(kpi, {kpi: Fraction(1)}, tolerance=tolerance)


def _scale(model: PortfolioModel, kpi: str, findings: list[ProblemFinding]) -> Fraction:
    """What one unit of weight stands for: the KPI's largest need, else all improvement on offer; 0 leaves it out."""
    targets = [needed for needed in model.targets if needed.target.kpi_key == kpi]
    for everything in (True, False):
        needs = [needed.need for needed in targets if is_everything(needed.target.dimension) is everything]
        if any(need > 0 for need in needs):
            return max(needs)
    if targets and not any(needed.is_floor for needed in targets):
        findings.append(_finding("goals_met", Severity.INFO, kpi=kpi))
        return Fraction(0)
    sign = model.problem.kpi[kpi].direction.sign
    total = exact_sum(max(0.0, sign * value) for value in model.index.contributions(kpi))
    if total == 0:
        findings.append(_finding("never_improved", Severity.INFO, kpi=kpi))
        return total
    code = "scaled_protected" if targets else "scaled_no_target"
    findings.append(_finding(code, kpi=kpi, total=as_float(total)))
    return total


def objective_contributions(model: PortfolioModel) -> dict[str, Fraction]:
    """What each candidate alone adds to the objective (lexicographic: to the first KPI in order), without synergies."""
    stages = [stage for stage in plan(model).stages if not stage.is_shortfall]
    weights = stages[0].weights if stages else {}
    totals = [Fraction(0)] * model.size
    for kpi, weight in weights.items():
        factor = weight * model.problem.kpi[kpi].direction.sign
        for place, value in enumerate(model.index.contributions(kpi)):
            if value:
                totals[place] += factor * exact(value)
    return {candidate.key: totals[place] for place, candidate in enumerate(model.index.candidates)}


def candidate_worth(problem: Problem) -> dict[str, float]:
    """What each candidate with tokens adds to the objective (see `objective_contributions`)."""
    return {key: as_float(value) for key, value in objective_contributions(PortfolioModel.of(problem)).items()}


def selection_worth(problem: Problem, selected: Iterable[str]) -> float | None:
    """What a selection is worth by the objective of the problem (of several stages the last one's value).

    None where there is nothing to maximise, or where one of the keys is no candidate that could be selected.
    """
    model = PortfolioModel.of(problem)
    chosen = frozenset(selected)
    stages = plan(model).stages
    if not stages or not chosen <= {candidate.key for candidate in model.index.candidates}:
        return None
    return as_float(stages[-1].value(evaluate(model, chosen)))
