"""Workbook Roadmaps: curated subsets of the backlog, the gates that guard them, and their entries."""

from __future__ import annotations

from roadwright.domain.roadmaps import (
    GATE_SEVERITY_SYNONYMS,
    SOURCE_SYNONYMS,
    Gate,
    GateSeverity,
    GateStatus,
    RoadmapSource,
    RoadmapStatus,
)
from roadwright.sheets.kinds import (
    AMOUNT,
    CHOSEN,
    COUNT,
    LONG_TEXT,
    MESSAGE,
    NUMBER,
    PERIOD,
    POLICY_NAME,
    ROADMAP_NAME,
    TEXT,
    WORD,
    choice,
)
from roadwright.sheets.spec import Layout, TabSpec, Tone
from roadwright.tabs import lists
from roadwright.tabs.columns import PROVENANCE, TITLE, TYPED_KEY, derived, flag, name_of, typed

_WORKBOOK = "Roadmaps"

_GATE_TONES: dict[str, Tone] = {GateStatus.WAIVED: Tone.LOOK, GateStatus.BLOCKED: Tone.BAD}


ROADMAPS = TabSpec(
    name="Roadmaps",
    workbook=_WORKBOOK,
    help="One roadmap a row: its period, where its entries come from, and the gates that guard it.",
    identity=("roadmap_name",),
    main=(
        *("roadmap_name", "period_key", "source", "source_ref", "gate_policy", "adopted_run"),
        *("status", "version", "entries", "tokens", "owner"),
    ),
    columns=(
        name_of("roadmap_name", "A name for the roadmap."),
        typed("period_key", PERIOD, "The period it plans.", required=True, offers=lists.PERIODS),
        typed("description", LONG_TEXT, "What it is for."),
        typed("source", choice(RoadmapSource, also=SOURCE_SYNONYMS), "filter, portfolio or list."),
        typed("source_ref", LONG_TEXT, "The filter (or @name of a saved one), the run's key, or initiative keys."),
        typed(
            "gate_policy",
            POLICY_NAME,
            "The policy on the Gates tab; blank: tokens are asked for, with a warning.",
            offers=lists.POLICIES,
        ),
        typed("adopted_run", WORD, "The run whose choice it shows and publishes, e.g. OPT-000003.", offers=lists.RUNS),
        derived("status", choice(RoadmapStatus), "Where it stands."),
        derived("version", COUNT, "The newest published version."),
        derived("entries", COUNT, "How many initiatives are on Roadmap_Entries for it, blocked ones included."),
        derived(
            "tokens", NUMBER, "The tokens of what is selected where a run is adopted, else of all admitted and waived."
        ),
        typed("owner", TEXT, "Who answers for it.", offers=lists.PEOPLE),
        *PROVENANCE,
    ),
)

GATES = TabSpec(
    name="Gates",
    workbook=_WORKBOOK,
    help="Gate policies: what an initiative needs before it may stand on a roadmap. Saved policy by policy.",
    identity=("gate_policy", "gate"),
    layout=Layout.SETS,
    set_identity=("gate_policy",),
    columns=(
        name_of("gate_policy", "The policy's name.", offers=lists.POLICIES),
        typed("gate", choice(Gate), "What is asked for.", required=True),
        typed(
            "parameter",
            LONG_TEXT,
            "The gate's parameter: names, a list, a number or a word; see docs/reference/gates.md.",
        ),
        typed("severity", choice(GateSeverity, also=GATE_SEVERITY_SYNONYMS), "block, or warn.", required=True),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)

ROADMAP_ENTRIES = TabSpec(
    name="Roadmap_Entries",
    workbook=_WORKBOOK,
    help="The initiatives on each roadmap and how the gates judged them. Waive with a name and a reason.",
    identity=("roadmap_name", "initiative_key"),
    main=(
        *("roadmap_name", "initiative_key", "title", "gate_status", "gate_failures", "waived_by"),
        *("priority_rank", "planned_period", "is_locked", "selected", "tokens"),
    ),
    layout=Layout.SETS,
    set_identity=("roadmap_name",),
    columns=(
        name_of("roadmap_name", "The roadmap.", kind=ROADMAP_NAME, offers=lists.ROADMAPS),
        TYPED_KEY,
        TITLE,
        derived("brief_description", LONG_TEXT, "The initiative in one line."),
        derived("gate_status", choice(GateStatus, _GATE_TONES), "admitted, blocked or waived."),
        derived("gate_failures", MESSAGE, "Every gate that it fails, and why; (warn) marks those that do not block."),
        typed(
            "waived_by",
            TEXT,
            "Who lets it on in spite of the gates; counts with a reason only.",
            offers=lists.PEOPLE,
        ),
        typed("waiver_reason", LONG_TEXT, "Why."),
        typed("priority_rank", AMOUNT, "Your order."),
        typed("planned_period", PERIOD, "When it is planned.", offers=lists.PERIODS),
        flag("is_locked", "TRUE: an optimization of this roadmap must choose it."),
        derived(
            "selected",
            CHOSEN,
            "TRUE: chosen, by the roadmap's adopted_run or, from a portfolio or list, by standing on it.",
        ),
        derived("tokens", NUMBER, "The tokens of its scope."),
        typed("notes", LONG_TEXT, "Your notes."),
        *PROVENANCE,
    ),
)
