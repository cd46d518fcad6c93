"""Judge a roadmap's entries by the gates of its policy: admitted, blocked, or waived by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Framework
from roadwright.domain.keys import canonical_key
from roadwright.domain.progress import TellProgress, counted, tell_nobody
from roadwright.domain.roadmaps import STANDS, GateResult, GateSeverity, GateStatus
from roadwright.services.portfolios.candidates import CandidateSet, ScenarioProblem, candidates_of
from roadwright.services.roadmaps.gates import Setting, Subject
from roadwright.services.roadmaps.policy import PolicyGate, PolicyProblem, policy_of
from roadwright.services.roadmaps.selected import select_entries
from roadwright.services.scoring.models_of import load_models
from roadwright.store.clock import now
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative, OptimizationScenario, Roadmap, RoadmapEntry
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import chunks, current_scores, initiatives_by_key
from roadwright.store.roadmaps import find_roadmap
from roadwright.store.session import fiscal_year_of


def is_waived(entry: RoadmapEntry) -> bool:
    """Whether a person lets the entry on in spite of the gates: with a name and a reason, and who may."""
    return bool(entry.waived_by and entry.waiver_reason) and not entry.waiver_waits


def confirm_waiver(entry: RoadmapEntry) -> bool:
    """Count a waiver that was typed in a sheet, because an approver says yes. Returns whether it waited for that."""
    waited = bool(entry.waiver_waits)
    entry.waiver_waits = False
    settle_waiver(entry)
    return waited


def judge_roadmap(
    session: Session, roadmap: Roadmap, source: str, *, only_new: bool = False, tell: TellProgress = tell_nobody
) -> None:
    """Judge every entry (or those that never were) and bring ``selected`` up to date.

    Of entries that depend on each other, as many stand as can stand together, whatever their order. An entry that is
    judged as before keeps its provenance. Raises PolicyProblem, before anything is changed.
    """
    chosen = [entry for entry in roadmap.entry_rows if not only_new or entry.gate_status is None]
    policy = policy_of(session, roadmap.gate_policy) if chosen or not only_new else []
    judged = _judge(session, roadmap, policy, chosen, tell)
    for entry in counted(tell, f"keeping the judgements of {roadmap.roadmap_name}", chosen):
        _take(entry, judged[entry.initiative_key], source)
    for entry in roadmap.entry_rows:
        settle_waiver(entry)
    session.flush()
    select_entries(session, roadmap)
    session.flush()


def settle_waiver(entry: RoadmapEntry) -> None:
    """Count a waiver that was given or taken back since the entry was judged; its gates are not asked again."""
    if is_waived(entry) != (entry.waived_at is not None):
        entry.waived_at = now() if is_waived(entry) else None
    if entry.gate_results_json is not None:
        status = _status_of(map(GateResult.from_json, entry.gate_results_json), is_waived(entry))
        if entry.gate_status != status:
            entry.gate_status, entry.judged_at = str(status), now()


def _status_of(results: Iterable[GateResult], waived: bool) -> GateStatus:
    if all(result.passed or result.severity is GateSeverity.WARN for result in results):
        return GateStatus.ADMITTED
    return GateStatus.WAIVED if waived else GateStatus.BLOCKED


def _judge(
    session: Session,
    roadmap: Roadmap,
    policy: Sequence[PolicyGate],
    entries: Sequence[RoadmapEntry],
    tell: TellProgress,
) -> dict[str, list[GateResult]]:
    """How each gate judges each of the entries, in the order of the policy."""
    subjects = subjects_of(session, [entry.initiative_key for entry in entries])
    waived = {entry.initiative_key for entry in entries if is_waived(entry)}
    others = {
        e.initiative_key for e in roadmap.entry_rows if e.initiative_key not in subjects and e.gate_status in STANDS
    }
    setting = Setting(
        period_key=roadmap.period_key,
        registry=load_registry(session),
        fiscal_year=fiscal_year_of(session),
        lifecycles=_lifecycles(session, subjects.values()),
        listed=frozenset(entry.initiative_key for entry in roadmap.entry_rows),
        percentiles=score_percentiles(session) if any(gate.rule.looks_at_scores for gate in policy) else {},
    )
    # At first everybody stands. Where one falls, those that depend on it are asked again, until nobody falls any more.
    standing = others | subjects.keys()
    setting = replace(setting, standing=standing)
    results = {
        key: {g.rule.gate: _ask(g, subjects[key], setting) for g in policy}
        for key in counted(tell, f"judging the entries of {roadmap.roadmap_name}", list(subjects))
    }
    asked_again = [gate for gate in policy if gate.rule.looks_at_others]
    dependents = _dependents(subjects) if asked_again else {}
    asked: Iterable[str] = subjects
    while asked:
        fallen = [
            key for key in asked if key in standing and _status_of(results[key].values(), key in waived) not in STANDS
        ]
        standing.difference_update(fallen)
        asked = dict.fromkeys(other for key in fallen for other in dependents.get(key, ()))
        for key in asked:
            for gate in asked_again:
                results[key][gate.rule.gate] = _ask(gate, subjects[key], setting)
    return {key: list(found.values()) for key, found in results.items()}


def _dependents(subjects: Mapping[str, Subject]) -> dict[str, list[str]]:
    """By initiative which of the others depend on it."""
    found: dict[str, list[str]] = {}
    for key, subject in subjects.items():
        for text in subject.initiative.dependencies_initiatives or ():
            found.setdefault(canonical_key(text) or text, []).append(key)
    return found


def _ask(gate: PolicyGate, subject: Subject, setting: Setting) -> GateResult:
    return GateResult(gate.rule.gate, gate.severity, gate.rule.check(subject, gate.parameter, setting))


def _take(entry: RoadmapEntry, results: Sequence[GateResult], source: str) -> None:
    """Keep a judgement, where it is not the one that stands."""
    status = _status_of(results, is_waived(entry))
    stored = [result.to_json() for result in results]
    failures = [str(result.failure) for result in results if not result.passed] or None
    if (entry.gate_status, entry.gate_results_json, entry.gate_failures) != (status, stored, failures):
        entry.gate_status, entry.gate_results_json, entry.gate_failures = str(status), stored, failures
        entry.judged_at = entry.updated_at = now()
        entry.updated_source = source


def subjects_of(session: Session, keys: Collection[str]) -> dict[str, Subject]:
    """What the gates look at of these initiatives, by key."""
    initiatives = initiatives_by_key(session, keys)
    ids = [initiative.id for initiative in initiatives.values()]
    models, scores = load_models(session, ids), current_scores(session, ids)
    subjects = {}
    for key, initiative in sorted(initiatives.items()):
        framework = initiative.active_scoring_framework
        score = scores.get((initiative.id, Framework(framework))) if framework else None
        subjects[key] = Subject(initiative, models.get(initiative.id, ()), score)
    return subjects


def _lifecycles(session: Session, subjects: Iterable[Subject]) -> Mapping[str, str]:
    """The lifecycle status of what the initiatives depend on."""
    needed = {canonical_key(text) for s in subjects for text in s.initiative.dependencies_initiatives or ()}
    found: dict[str, str] = {}
    for part in chunks(key for key in needed if key is not None):
        rows = session.execute(
            select(Initiative.initiative_key, Initiative.lifecycle_status).where(Initiative.initiative_key.in_(part))
        )
        found.update((key, status) for key, status in rows)
    return found


def judged_candidates(session: Session, scenario: OptimizationScenario, source: str) -> CandidateSet:
    """The scenario's candidates. Raises ScenarioProblem.

    What was judged before stays as it was judged: a roadmap changes when people judge it again, not when it is run.
    """
    roadmap = find_roadmap(session, scenario.roadmap_name) if scenario.roadmap_name else None
    if roadmap is not None and any(entry.gate_status is None for entry in roadmap.entry_rows):
        try:
            judge_roadmap(session, roadmap, source, only_new=True)
        except PolicyProblem as problem:
            raise ScenarioProblem("roadmap_not_judged", roadmap=roadmap.roadmap_name, why=problem.message) from problem
    return candidates_of(session, scenario)
