"""The contract's model in OR-Tools CP-SAT, as a program of its own: OR-Tools and HiGHS can't live in one process.

    python -m benchmarks.proof.cp_sat SECONDS

reads Problem JSONs from standard input, one a line, and writes what it proved about each within so many seconds as a
line of JSON. Every row is in whole numbers of its last decimal, its limit moved by what the contract calls rounding.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import floor, gcd, lcm
from time import monotonic
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

from benchmarks.proof.contract import Contract, Json, Measure, most, number

LARGEST = 2**60
"""CP-SAT counts in 64 bits: no sum may come near to them."""
FINE = 2**52
"""What a cost whose whole numbers are too large is scaled to, and rounded."""


class TooLarge(Exception):
    """The whole numbers of a row are beyond what CP-SAT counts with."""


class Term(NamedTuple):
    """A part of a cost: a factor times a variable between 0 and `most`."""

    factor: Fraction
    variable: Any
    most: int


class Proved(NamedTuple):
    """A stage's least cost lies between the two: they are the same unless the cost had to be rounded."""

    least: Fraction
    found: Fraction


class CpSat(Contract):
    """One problem as a CP-SAT model."""

    def __init__(self, problem: Json, seconds: float) -> None:
        super().__init__(problem)
        self.until = monotonic() + seconds
        self.model = cp_model.CpModel()
        self.x = [self.model.new_bool_var(candidate["key"]) for candidate in self.candidates]
        self.never = self.model.new_bool_var("never")
        self.model.add(self.never == 0)
        self.groups: dict[int, Any] = {}
        self.selected: list[str] = []
        """What the stage that was proved last selects."""
        for resource, limit in {"tokens": problem["capacity"], **problem.get("capacities", {})}.items():
            self.at_most(self.usage(resource), number(limit))
        for row in self.constraints:
            self.rule(row)
        for target in self.targets:
            if target["type"] == "floor":
                self.at_most(self.improvement(target), self.need(target), -1)

    # --- rows ---------------------------------------------------------------------------------------------------

    def terms(self, measure: Measure, sign: int = 1) -> list[tuple[int, Any]]:
        """Whole numbers and the variables that they count for."""
        single = [(sign * value, x) for value, x in zip(measure.values, self.x, strict=True) if value]
        return single + [(sign * bonus, self.all_of(members)) for members, bonus in measure.bonuses if bonus]

    def all_of(self, members: int) -> Any:
        """Whether all members of a group are selected."""
        if members not in self.groups:
            self.groups[members] = together = self.model.new_bool_var("together")
            some = [x for place, x in enumerate(self.x) if members >> place & 1]
            self.model.add_bool_and(some).only_enforce_if(together)
            self.model.add_bool_or([together, *(~x for x in some)])
        return self.groups[members]

    def at_most(self, measure: Measure, limit: Fraction, sign: int = 1) -> None:
        """The sum stays below a limit, within rounding; with the sign -1 above it."""
        self.row(self.terms(measure, sign), floor(most(sign * limit) * measure.unit))

    def row(self, terms: Sequence[tuple[int, Any]], limit: int) -> None:
        """The sum of the terms, whose variables are 0 or 1, is at most `limit`."""
        highest = sum(value for value, _ in terms if value > 0)
        lowest = sum(value for value, _ in terms if value < 0)
        if highest <= limit:
            return
        if lowest > limit:
            self.model.add_bool_or([self.never])
            return
        common = gcd(*(value for value, _ in terms))
        if (highest - lowest) // common > LARGEST:
            raise TooLarge
        self.model.add(sum(value // common * x for value, x in terms) <= limit // common)

    def taken(self, key: str) -> Any:
        return self.x[self.place[key]] if key in self.place else self.never

    def met(self, key: str) -> Any:
        return ~self.never if key in self.delivered else self.taken(key)

    def rule(self, row: Json) -> None:
        own, members = row["dimension_key"], row.get("members", [])
        not_own = ~self.taken(own)
        kind = row["type"]
        if kind in ("capacity_cap", "capacity_floor"):
            use = self.usage(row.get("resource") or "tokens", row["dimension"], row["dimension_key"])
            sign, field = (1, "max_tokens") if kind == "capacity_cap" else (-1, "min_tokens")
            self.at_most(use, number(row[field]), sign)
        elif kind == "mandatory":
            self.model.add_bool_or([self.met(own)])
        elif kind == "exclude_initiative":
            self.model.add_bool_or([not_own])
        elif kind == "exclude_pair":
            self.model.add_bool_or([not_own, ~self.taken(members[0])])
        elif kind == "bundle":
            for one in members:
                for other in members:
                    self.model.add_implication(self.taken(one), self.met(other))
        elif kind == "require_prereq":
            for member in members:
                self.model.add_implication(self.taken(own), self.met(member))
        elif kind == "require_any":
            self.model.add_bool_or([not_own, *map(self.met, members)])
        elif kind == "choose_count":
            count, high = sum(map(self.taken, members)), row.get("max_count")
            self.model.add(count >= (row.get("min_count") or 0))
            self.model.add(count <= (len(members) if high is None else high))

    # --- objective ----------------------------------------------------------------------------------------------

    def shortfall(self, target: Json) -> tuple[list[Term], Fraction]:
        """The shortfall / need of a goal as terms and a constant."""
        measure, need = self.improvement(target), self.need(target)
        fine = lcm(measure.unit, need.denominator)
        wanted = int(need * fine)
        terms = [(value * (fine // measure.unit), x) for value, x in self.terms(measure)]
        if wanted >= sum(value for value, _ in terms if value > 0):
            return [Term(Fraction(-value, wanted), x, 1) for value, x in terms], Fraction(1)
        highest = wanted - sum(value for value, _ in terms if value < 0)
        if highest + sum(abs(value) for value, _ in terms) > LARGEST:
            raise TooLarge
        missing = self.model.new_int_var(0, highest, "missing")
        self.model.add(missing + sum(value * x for value, x in terms) >= wanted)
        return [Term(Fraction(1, wanted), missing, highest)], Fraction(0)

    def cost(self, weights: dict[str, Fraction] | None) -> tuple[list[Term], Fraction]:
        """What a stage minimises."""
        if weights is not None:
            measure = self.improvements(weights)
            return [Term(Fraction(-value, measure.unit), x, 1) for value, x in self.terms(measure)], Fraction(0)
        parts = [self.shortfall(target) for target in self.goals]
        return [term for terms, _ in parts for term in terms], sum((constant for _, constant in parts), Fraction(0))

    def prove(self) -> Json:
        """What each stage costs at least, as far as it was proved."""
        stages: list[Proved] = []
        for aim in self.aims:
            try:
                terms, constant = self.cost(aim.weights)
            except TooLarge:
                return self._answer("too large", stages)
            unit = lcm(*(term.factor.denominator for term in terms))
            whole = [int(term.factor * unit) for term in terms]
            is_exact = _size(whole, terms) <= LARGEST
            if not is_exact:
                scale = Fraction(FINE, _size(whole, terms))
                whole = [round(value * scale) for value in whole]
            status, values = self.minimise(sum(v * term.variable for v, term in zip(whole, terms, strict=True)), terms)
            if values is None:
                return self._answer(status, stages)
            if not is_exact:
                found = sum((term.factor * v for term, v in zip(terms, values, strict=True)), constant)
                best = sum(value * v for value, v in zip(whole, values, strict=True))
                rounded = Fraction(sum(term.most for term in terms), 2)
                return self._answer("rounded", [*stages, Proved((best - rounded) / scale / unit + constant, found)])
            best = sum(value * v for value, v in zip(whole, values, strict=True))
            optimum = Fraction(best, unit) + constant
            stages.append(Proved(optimum, optimum))
            limit = floor((aim.held(optimum) - constant) * unit)
            self.model.add(sum(v * term.variable for v, term in zip(whole, terms, strict=True)) <= limit)
        return self._answer("optimal", stages)

    def minimise(self, cost: Any, terms: list[Term]) -> tuple[str, list[int] | None]:
        """The values of the terms' variables where the cost is least, None where that is not proved."""
        self.model.minimize(cost)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        # With coefficients near 1e14, CP-SAT 9.15 drops what is allowed where it looks for rows that hold each other.
        solver.parameters.presolve_inclusion_work_limit = 0
        solver.parameters.max_time_in_seconds = max(0.1, self.until - monotonic())
        status = solver.solve(self.model)
        if status == cp_model.OPTIMAL:
            self.model.clear_hints()  # type: ignore[no-untyped-call]
            for variable in self.x:
                self.model.add_hint(variable, solver.value(variable))
            self.selected = [c["key"] for c, x in zip(self.candidates, self.x, strict=True) if solver.value(x)]
            return "optimal", [solver.value(term.variable) for term in terms]
        return ("infeasible" if status == cp_model.INFEASIBLE else "out of time"), None

    def _answer(self, status: str, stages: list[Proved]) -> Json:
        proved = [[str(one.least), str(one.found)] for one in stages]
        return {"status": status, "stages": proved, "selected": self.selected}


def _size(whole: list[int], terms: list[Term]) -> int:
    return sum(abs(value) * term.most for value, term in zip(whole, terms, strict=True))


def answer(problem: Json, seconds: float) -> Json:
    """`status` says why there are no more stages; each is [the least cost that is possible, the least one found]."""
    try:
        model = CpSat(problem, seconds)
    except TooLarge:
        return {"status": "too large", "stages": [], "selected": []}
    return model.prove()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), float(sys.argv[1]))), flush=True)
