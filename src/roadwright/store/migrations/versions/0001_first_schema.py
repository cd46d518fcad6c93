"""The first schema."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

_REFUSAL = "a published version never changes"
_TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER roadmap_versions_never_{word} BEFORE {word} ON roadmap_versions "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for word in ("update", "delete")
    ]
    + [  # SQLite fires no delete trigger for the row that an "insert or replace" takes away
        "CREATE TRIGGER roadmap_versions_never_replaced BEFORE INSERT ON roadmap_versions WHEN EXISTS (SELECT 1 FROM "
        "roadmap_versions WHERE id = NEW.id OR (roadmap_id = NEW.roadmap_id AND number = NEW.number)) "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change_of_roadmap_version() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER roadmap_versions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON roadmap_versions "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_roadmap_version()",
    ],
}


def _id(table: str) -> Iterator[sa.schema.SchemaItem]:
    yield sa.Column("id", sa.Integer(), nullable=False)
    yield sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _provenance() -> list[sa.Column[str]]:
    """Which action last wrote a row, and when."""
    return [
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "action_runs",
        *_id("action_runs"),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("request_json", JSON, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=True),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("progress_json", JSON, nullable=True),
        sa.Column("cancel_requested_at", sa.String(length=32), nullable=True),
        sa.Column("summary_json", JSON, nullable=True),
        sa.Column("rows_json", JSON, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("optimization_run_id", sa.String(length=32), nullable=True),
        sa.UniqueConstraint("run_id", name=op.f("uq_action_runs_run_id")),
    )
    op.create_index(op.f("ix_action_runs_status"), "action_runs", ["status"], unique=False)
    op.create_table(
        "gate_policies",
        *_id("gate_policies"),
        sa.Column("gate_policy", sa.Text(), nullable=False),
        sa.Column("gate", sa.String(length=32), nullable=False),
        sa.Column("parameter", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        *_provenance(),
        sa.UniqueConstraint("gate_policy", "gate", name=op.f("uq_gate_policies_gate_policy")),
    )
    op.create_table(
        "initiatives",
        *_id("initiatives"),
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brief_description", sa.String(length=500), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("requesting_team", sa.Text(), nullable=True),
        sa.Column("requester_name", sa.Text(), nullable=True),
        sa.Column("requester_email", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("product_area", sa.Text(), nullable=True),
        sa.Column("customer_segment", sa.Text(), nullable=True),
        sa.Column("initiative_type", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("program_key", sa.Text(), nullable=True),
        sa.Column("lifecycle_status", sa.String(length=32), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=True),
        sa.Column("problem_statement", sa.Text(), nullable=True),
        sa.Column("strategic_priority_coefficient", sa.Double(), nullable=False),
        sa.Column("risk_level", sa.String(length=16), nullable=True),
        sa.Column("effort_engineering_days", sa.Double(), nullable=True),
        sa.Column("engineering_tokens", sa.Double(), nullable=True),
        sa.Column("engineering_tokens_mvp", sa.Double(), nullable=True),
        sa.Column("engineering_tokens_full", sa.Double(), nullable=True),
        sa.Column("scope_mode", sa.String(length=16), nullable=True),
        sa.Column("dependencies_initiatives", JSON, nullable=True),
        sa.Column("dependencies_others", sa.Text(), nullable=True),
        sa.Column("deadline_date", sa.Date(), nullable=True),
        sa.Column("earliest_start_date", sa.Date(), nullable=True),
        sa.Column("is_optimization_candidate", sa.Boolean(), nullable=False),
        sa.Column("candidate_period_key", sa.Text(), nullable=True),
        sa.Column("intake_source", sa.Text(), nullable=False),
        sa.Column("intake_workbook", sa.Text(), nullable=True),
        sa.Column("intake_tab", sa.Text(), nullable=True),
        sa.Column("intake_row", sa.Integer(), nullable=True),
        sa.Column("intake_missing", sa.Boolean(), nullable=False),
        sa.Column("folder", sa.String(length=16), nullable=True),
        sa.Column("intake_conflicts", JSON, nullable=True),
        sa.Column("submitted_at", sa.String(length=32), nullable=False),
        sa.Column("active_scoring_framework", sa.String(length=16), nullable=True),
        sa.Column("use_math_model", sa.Boolean(), nullable=True),
        sa.Column("value_score", sa.Double(), nullable=True),
        sa.Column("effort_score", sa.Double(), nullable=True),
        sa.Column("overall_score", sa.Double(), nullable=True),
        sa.Column("rice_reach", sa.Double(), nullable=True),
        sa.Column("rice_impact", sa.Double(), nullable=True),
        sa.Column("rice_confidence", sa.Double(), nullable=True),
        sa.Column("rice_effort", sa.Double(), nullable=True),
        sa.Column("wsjf_business_value", sa.Double(), nullable=True),
        sa.Column("wsjf_time_criticality", sa.Double(), nullable=True),
        sa.Column("wsjf_risk_reduction", sa.Double(), nullable=True),
        sa.Column("wsjf_job_size", sa.Double(), nullable=True),
        sa.Column("math_warnings", JSON, nullable=True),
        sa.Column("immediate_kpi_key", sa.Text(), nullable=True),
        sa.Column("metric_chain_json", JSON, nullable=True),
        sa.Column("kpi_contribution_json", JSON, nullable=True),
        sa.Column("kpi_contribution_computed_json", JSON, nullable=True),
        sa.Column("kpi_contribution_source", sa.String(length=16), nullable=False),
        sa.Column("kpi_contribution_notes", sa.Text(), nullable=True),
        *_provenance(),
        sa.UniqueConstraint("initiative_key", name=op.f("uq_initiatives_initiative_key")),
    )
    op.create_index(op.f("ix_initiatives_lifecycle_status"), "initiatives", ["lifecycle_status"], unique=False)
    op.create_table(
        "issued_keys",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.String(length=32), nullable=False),
        sa.Column("issued_for", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issued_keys")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "key_floors",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_key_floors")),
    )
    op.create_table(
        "optimization_constraint_sets",
        *_id("optimization_constraint_sets"),
        sa.Column("scenario_name", sa.Text(), nullable=False),
        sa.Column("constraint_set_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.UniqueConstraint(
            "scenario_name", "constraint_set_name", name=op.f("uq_optimization_constraint_sets_scenario_name")
        ),
    )
    op.create_table(
        "optimization_scenarios",
        *_id("optimization_scenarios"),
        sa.Column("scenario_name", sa.Text(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("roadmap_name", sa.Text(), nullable=True),
        sa.Column("capacity_total_tokens", sa.Double(), nullable=False),
        sa.Column("objective_mode", sa.String(length=16), nullable=False),
        sa.Column("objective_weights_json", JSON, nullable=True),
        sa.Column("constraint_set_name", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        *_provenance(),
        sa.UniqueConstraint("scenario_name", name=op.f("uq_optimization_scenarios_scenario_name")),
    )
    op.create_table(
        "organization_metrics_config",
        *_id("organization_metrics_config"),
        sa.Column("kpi_key", sa.Text(), nullable=False),
        sa.Column("kpi_name", sa.Text(), nullable=False),
        sa.Column("kpi_level", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("baseline_value", sa.Double(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("driven_by", JSON, nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        *_provenance(),
        sa.UniqueConstraint("kpi_key", name=op.f("uq_organization_metrics_config_kpi_key")),
    )
    op.create_table(
        "roadmaps",
        *_id("roadmaps"),
        sa.Column("roadmap_name", sa.Text(), nullable=False),
        sa.Column("is_declared", sa.Boolean(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("gate_policy", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        *_provenance(),
        sa.UniqueConstraint("roadmap_name", name=op.f("uq_roadmaps_roadmap_name")),
    )
    op.create_table(
        "saved_filters",
        *_id("saved_filters"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter_text", sa.Text(), nullable=False),
        *_provenance(),
        sa.UniqueConstraint("name", name=op.f("uq_saved_filters_name")),
    )
    op.create_table(
        "row_annotations",
        *_id("row_annotations"),
        sa.Column("tab", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.UniqueConstraint("tab", "identity", name=op.f("uq_row_annotations_tab")),
    )
    op.create_table(
        "row_baselines",
        sa.Column("row_version", sa.String(length=32), nullable=False),
        sa.Column("tab", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.PrimaryKeyConstraint("row_version", name=op.f("pk_row_baselines")),
    )
    op.create_table(
        "set_baselines",
        sa.Column("row_version", sa.String(length=32), nullable=False),
        sa.Column("tab", sa.Text(), nullable=False),
        sa.Column("set_identity", sa.Text(), nullable=False),
        sa.Column("members", JSON, nullable=False),
        sa.Column("is_written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("row_version", name=op.f("pk_set_baselines")),
    )
    op.create_index("ix_set_baselines_set", "set_baselines", ["tab", "set_identity"], unique=False)
    op.create_table(
        "unconfirmed_writes",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("seen_version", sa.Text(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.PrimaryKeyConstraint("folder", "place", "identity", name=op.f("pk_unconfirmed_writes")),
    )
    op.create_table(
        "cached_tabs",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_cached_tabs")),
    )
    op.create_table(
        "workspace_identity",
        *_id("workspace_identity"),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
    )
    op.create_table(
        "workspace_revisions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_workspace_revisions")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "initiative_math_models",
        *_id("initiative_math_models"),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("target_kpi_key", sa.Text(), nullable=False),
        sa.Column("immediate_kpi_key", sa.Text(), nullable=True),
        sa.Column("metric_chain_text", sa.Text(), nullable=True),
        sa.Column("metric_chain_json", JSON, nullable=True),
        sa.Column("formula_text", sa.Text(), nullable=True),
        sa.Column("assumptions_text", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("approved_by_user", sa.Boolean(), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=True),
        sa.Column("computed_score", sa.Double(), nullable=True),
        *_provenance(),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiatives.id"], name=op.f("fk_initiative_math_models_initiative_id")
        ),
        sa.UniqueConstraint("initiative_id", "model_name", name=op.f("uq_initiative_math_models_initiative_id")),
    )
    op.create_table(
        "initiative_params",
        *_id("initiative_params"),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("model_name", sa.Text(), nullable=False),
        sa.Column("param_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("min", sa.Double(), nullable=True),
        sa.Column("max", sa.Double(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("is_auto_seeded", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        *_provenance(),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiatives.id"], name=op.f("fk_initiative_params_initiative_id")),
        sa.UniqueConstraint(
            "initiative_id", "model_name", "param_name", name=op.f("uq_initiative_params_initiative_id")
        ),
    )
    op.create_table(
        "initiative_scores",
        *_id("initiative_scores"),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("framework", sa.String(length=16), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("effort", sa.Double(), nullable=True),
        sa.Column("overall", sa.Double(), nullable=True),
        sa.Column("components", JSON, nullable=False),
        sa.Column("warnings", JSON, nullable=False),
        sa.Column("computed_at", sa.String(length=32), nullable=False),
        sa.Column("computed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiatives.id"], name=op.f("fk_initiative_scores_initiative_id")),
    )
    op.create_index(
        "ix_initiative_scores_current", "initiative_scores", ["initiative_id", "framework", "is_current"], unique=False
    )
    op.create_table(
        "optimization_constraints",
        *_id("optimization_constraints"),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("constraint_type", sa.String(length=32), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("dimension_key", sa.Text(), nullable=True),
        sa.Column("min_tokens", sa.Double(), nullable=True),
        sa.Column("max_tokens", sa.Double(), nullable=True),
        sa.Column("member_keys", JSON, nullable=True),
        sa.Column("kpi_key", sa.Text(), nullable=True),
        sa.Column("bonus_value", sa.Double(), nullable=True),
        sa.Column("min_count", sa.Integer(), nullable=True),
        sa.Column("max_count", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        *_provenance(),
        sa.ForeignKeyConstraint(
            ["set_id"], ["optimization_constraint_sets.id"], name=op.f("fk_optimization_constraints_set_id")
        ),
    )
    op.create_index(op.f("ix_optimization_constraints_set_id"), "optimization_constraints", ["set_id"], unique=False)
    op.create_table(
        "optimization_runs",
        *_id("optimization_runs"),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("action_run_id", sa.Integer(), nullable=True),
        sa.Column("scenario_name", sa.Text(), nullable=False),
        sa.Column("roadmap_name", sa.Text(), nullable=True),
        sa.Column("constraint_set_name", sa.Text(), nullable=True),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("objective_mode", sa.String(length=16), nullable=False),
        sa.Column("capacity_total", sa.Double(), nullable=False),
        sa.Column("inputs_snapshot_json", JSON, nullable=True),
        sa.Column("snapshot_hash", sa.Text(), nullable=True),
        sa.Column("options_json", JSON, nullable=False),
        sa.Column("context_json", JSON, nullable=False),
        sa.Column("result_json", JSON, nullable=True),
        sa.Column("shown_json", JSON, nullable=False),
        sa.Column("solver_log", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["action_run_id"], ["action_runs.id"], name=op.f("fk_optimization_runs_action_run_id")),
        sa.UniqueConstraint("run_id", name=op.f("uq_optimization_runs_run_id")),
    )
    op.create_table(
        "optimization_targets",
        *_id("optimization_targets"),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("dimension_key", sa.Text(), nullable=False),
        sa.Column("kpi_key", sa.Text(), nullable=False),
        sa.Column("target_value", sa.Double(), nullable=False),
        sa.Column("baseline_value", sa.Double(), nullable=True),
        sa.Column("floor_or_goal", sa.String(length=8), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        *_provenance(),
        sa.ForeignKeyConstraint(
            ["set_id"], ["optimization_constraint_sets.id"], name=op.f("fk_optimization_targets_set_id")
        ),
    )
    op.create_index(op.f("ix_optimization_targets_set_id"), "optimization_targets", ["set_id"], unique=False)
    op.create_table(
        "roadmap_entries",
        *_id("roadmap_entries"),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("gate_status", sa.String(length=16), nullable=True),
        sa.Column("gate_failures", JSON, nullable=True),
        sa.Column("gate_results_json", JSON, nullable=True),
        sa.Column("judged_at", sa.String(length=32), nullable=True),
        sa.Column("matches_source", sa.Boolean(), nullable=True),
        sa.Column("waived_by", sa.Text(), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("waived_at", sa.String(length=32), nullable=True),
        sa.Column("priority_rank", sa.Double(), nullable=True),
        sa.Column("planned_period", sa.Text(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("selected", sa.Boolean(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("sheet_row", sa.Integer(), nullable=True),
        *_provenance(),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_entries_roadmap_id")),
        sa.UniqueConstraint("roadmap_id", "initiative_key", name=op.f("uq_roadmap_entries_roadmap_id")),
    )
    op.create_index(op.f("ix_roadmap_entries_roadmap_id"), "roadmap_entries", ["roadmap_id"], unique=False)
    op.create_table(
        "roadmap_status_changes",
        *_id("roadmap_status_changes"),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_status_changes_roadmap_id")),
    )
    op.create_index(
        op.f("ix_roadmap_status_changes_roadmap_id"), "roadmap_status_changes", ["roadmap_id"], unique=False
    )
    op.create_table(
        "roadmap_versions",
        *_id("roadmap_versions"),
        sa.Column("roadmap_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=80), nullable=False),
        sa.Column("content_json", JSON, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["roadmap_id"], ["roadmaps.id"], name=op.f("fk_roadmap_versions_roadmap_id")),
        sa.UniqueConstraint("roadmap_id", "number", name=op.f("uq_roadmap_versions_roadmap_id")),
    )
    op.create_index(op.f("ix_roadmap_versions_roadmap_id"), "roadmap_versions", ["roadmap_id"], unique=False)
    op.create_table(
        "portfolios",
        *_id("portfolios"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("optimization_run_id", sa.Integer(), nullable=True),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["optimization_run_id"], ["optimization_runs.id"], name=op.f("fk_portfolios_optimization_run_id")
        ),
        sa.UniqueConstraint("optimization_run_id", name=op.f("uq_portfolios_optimization_run_id")),
    )
    op.create_table(
        "portfolio_items",
        *_id("portfolio_items"),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("initiative_key", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("allocated_tokens", sa.Double(), nullable=False),
        sa.Column("objective_contribution", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.id"], name=op.f("fk_portfolio_items_portfolio_id")),
        sa.UniqueConstraint("portfolio_id", "initiative_key", name=op.f("uq_portfolio_items_portfolio_id")),
    )
    op.create_index(op.f("ix_portfolio_items_portfolio_id"), "portfolio_items", ["portfolio_id"], unique=False)
    op.create_table(
        "workspace_folders",
        sa.Column("folder", sa.String(length=16), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_workspace_folders")),
    )

    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    identity = sa.table("workspace_identity", *map(sa.column, ("id", "workspace_id", "created_at")))
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    op.bulk_insert(identity, [{"id": 1, "workspace_id": uuid.uuid4().hex, "created_at": moment}])
