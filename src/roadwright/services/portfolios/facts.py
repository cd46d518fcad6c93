"""What a run's tables show beside the optimizer's answer: facts of the candidates at the time of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from roadwright.services.portfolios.candidates import tokens_of
from roadwright.store.models import Initiative


@dataclass(frozen=True)
class RunRef:
    """The run that a row tells of."""

    run_id: str
    scenario_name: str


@dataclass(frozen=True)
class CandidateFacts:
    """One candidate as it was when the run started. Kept with the run, so that its tables can be written again."""

    key: str
    title: str
    tokens: float | None
    country: str | None
    department: str | None
    category: str | None
    program_key: str | None
    overall_score: float | None
    dependencies: tuple[str, ...]
    score_percentile: float | None = None

    @classmethod
    def of(cls, initiative: Initiative, score_percentile: float | None = None) -> CandidateFacts:
        return cls(
            key=initiative.initiative_key,
            title=initiative.title,
            tokens=tokens_of(initiative),
            country=initiative.country,
            department=initiative.department,
            category=initiative.category,
            program_key=initiative.program_key,
            overall_score=initiative.overall_score,
            dependencies=tuple(initiative.dependencies_initiatives or ()),
            score_percentile=score_percentile,
        )

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "dependencies": list(self.dependencies)}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> CandidateFacts:
        dependencies = value["dependencies"]
        assert isinstance(dependencies, list)
        return cls(**{**value, "dependencies": tuple(dependencies)})  # type: ignore[arg-type]
