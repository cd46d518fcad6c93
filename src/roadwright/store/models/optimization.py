"""What the optimizer is asked (scenarios, constraint sets, targets) and what it answered (runs, portfolios)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roadwright.store.models.base import Base, Json, Key, Moment, Provenance, Row


class OptimizationScenario(Provenance, Base):
    """What to maximise, for which period, with how much capacity."""

    __tablename__ = "optimization_scenarios"

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_name: Mapped[str] = mapped_column(unique=True)
    period_key: Mapped[str]
    roadmap_name: Mapped[str | None]
    capacity_total_tokens: Mapped[float]
    objective_mode: Mapped[str] = mapped_column(String(16))
    objective_weights_json: Mapped[Row | list[Row] | None] = mapped_column(Json)
    """Weights as {kpi: weight}, or an order as [{"kpi": …, "tolerance": …}]."""
    constraint_set_name: Mapped[str | None]
    use_dependencies: Mapped[bool | None]
    """Whether the Backlog's dependencies bind; None counts as yes."""
    notes: Mapped[str | None]
    sheet_row: Mapped[int | None]
    """The row of Scenario_Config that it was last saved from."""


class OptimizationConstraintSet(Base):
    """A named set of constraints and targets of one scenario, or of all that name it; none of them may be there yet."""

    __tablename__ = "optimization_constraint_sets"
    __table_args__ = (UniqueConstraint("scenario_name", "constraint_set_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_name: Mapped[str]
    """Empty where the set belongs to every scenario that names it."""
    constraint_set_name: Mapped[str]
    created_at: Mapped[Moment]
    constraints: Mapped[list[OptimizationConstraint]] = relationship(cascade="all, delete-orphan")
    targets: Mapped[list[OptimizationTarget]] = relationship(cascade="all, delete-orphan")


class OptimizationConstraint(Provenance, Base):
    """One row of a constraint set. Attributes have the names of Constraints' columns."""

    __tablename__ = "optimization_constraints"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("optimization_constraint_sets.id"), index=True)
    constraint_type: Mapped[str] = mapped_column(String(32))
    dimension: Mapped[str | None]
    dimension_key: Mapped[str | None]
    min_tokens: Mapped[float | None]
    max_tokens: Mapped[float | None]
    member_keys: Mapped[list[str] | None]
    kpi_key: Mapped[str | None]
    bonus_value: Mapped[float | None]
    min_count: Mapped[int | None]
    max_count: Mapped[int | None]
    reason: Mapped[str | None]
    notes: Mapped[str | None]
    sheet_row: Mapped[int | None]


class OptimizationTarget(Provenance, Base):
    """One target of a set. Attributes have the names of Targets' columns."""

    __tablename__ = "optimization_targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("optimization_constraint_sets.id"), index=True)
    dimension: Mapped[str]
    dimension_key: Mapped[str]
    kpi_key: Mapped[str]
    target_value: Mapped[float]
    baseline_value: Mapped[float | None]
    floor_or_goal: Mapped[str] = mapped_column(String(8))
    notes: Mapped[str | None]
    sheet_row: Mapped[int | None]


class OptimizationRun(Base):
    """One solve: the exact inputs, the solver's facts, the result."""

    __tablename__ = "optimization_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[Key] = mapped_column(unique=True)
    action_run_id: Mapped[int | None] = mapped_column(ForeignKey("action_runs.id"))
    scenario_name: Mapped[str]
    roadmap_name: Mapped[str | None]
    """The roadmap whose entries were its candidates, where it was asked about one."""
    constraint_set_name: Mapped[str | None]
    period_key: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    objective_mode: Mapped[str] = mapped_column(String(16))
    capacity_total: Mapped[float]
    inputs_snapshot_json: Mapped[Row | None]
    """The problem as the optimizer's JSON; None where it was invalid before there was one."""
    snapshot_hash: Mapped[str | None]
    options_json: Mapped[Row]
    """How it was solved: gap, time limit."""
    context_json: Mapped[Row]
    """What the sheets show beside the solution: titles, dependencies, alerts found while the problem was built."""
    result_json: Mapped[Row | None]
    """The solution as the optimizer's JSON."""
    shown_json: Mapped[Row]
    """The figures that Runs shows of the answer, so that a list of runs needs nothing else of it."""
    solver_log: Mapped[str | None]
    """What the solver said while it worked."""
    created_at: Mapped[Moment]
    finished_at: Mapped[Moment | None]
    summary: Mapped[str]


class LastRunPrice(Base):
    """What forcing an initiative into its latest answered run would have cost, for filters."""

    __tablename__ = "last_run_prices"

    initiative_key: Mapped[Key] = mapped_column(primary_key=True)
    run_number: Mapped[int]
    """The number of the newest answered run of which it was a candidate."""
    price: Mapped[float | None]
    """In the unit of what was maximised; None where it was chosen, can't be forced in, or was not computed."""


class StoredWhatIf(Base):
    """What somebody changed on a scenario to see what would be chosen, under the short id of a link."""

    __tablename__ = "stored_what_ifs"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """A digest of the content, so that the same changes are kept once."""
    scenario_name: Mapped[str]
    run_id: Mapped[str | None]
    """The run on whose data it stands; None where it is the data as they are."""
    changes_json: Mapped[Row]
    made_by: Mapped[str]
    created_at: Mapped[Moment]
    used_at: Mapped[Moment] = mapped_column(index=True)


class Portfolio(Base):
    """A selection that a run produced (or, later, a person made)."""

    __tablename__ = "portfolios"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    optimization_run_id: Mapped[int | None] = mapped_column(ForeignKey("optimization_runs.id"), unique=True)
    period_key: Mapped[str]
    created_at: Mapped[Moment]
    items: Mapped[list[PortfolioItem]] = relationship(cascade="all, delete-orphan", order_by="PortfolioItem.rank")


class PortfolioItem(Base):
    """One chosen initiative, with what it costs and brings."""

    __tablename__ = "portfolio_items"
    __table_args__ = (UniqueConstraint("portfolio_id", "initiative_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    portfolio_id: Mapped[int] = mapped_column(ForeignKey("portfolios.id"), index=True)
    initiative_key: Mapped[Key]
    rank: Mapped[int]
    allocated_tokens: Mapped[float]
    objective_contribution: Mapped[float | None]
