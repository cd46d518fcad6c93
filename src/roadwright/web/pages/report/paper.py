"""The sheet of paper, as HTML and drawings in it: the screen shows what is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from roadwright.domain.initiatives import Lifecycle
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.optimization import CAPACITY_ID, TargetKind
from roadwright.optimize import Explanation, Target, is_everything
from roadwright.services.portfolios.workbench.sentences import in_words, slice_words
from roadwright.web import formats
from roadwright.web.kit import Html, bullet, chip, html, icon, joined
from roadwright.web.pages.report.found import KEY, Paper
from roadwright.web.pages.workbench.desk import Desk
from roadwright.web.pages.workbench.evidence import baseline_of, limits
from roadwright.web.pages.workbench.strip import in_html, way_in_words
from roadwright.web.words import plain, words

ON_PAGE = 16
"""Initiatives on the first page; of more the dearest, the others follow on the next."""
NEAREST = 5
MOVES = 3
SINGLE = 4
"""Of more targets than these two stand side by side."""


def paper(found: Paper) -> Html:
    """The whole paper."""
    if found.desk is None or not found.is_answered:
        return _without_answer(found)
    desk = found.desk
    chosen = _chosen(desk)
    first, rest = chosen[:ON_PAGE], chosen[ON_PAGE:]
    return html(
        "{head}<section class='two{many}'><div><h3>Targets and gaps</h3>{targets}</div><div>"
        "<h3>What would move the answer</h3>{moves}</div></section>"
        "<section><h3>What we build, and what leaving it out would cost</h3>{built}{more}</section>"
        "<section><h3>What we do not build, and what forcing it in would cost</h3>{left}</section>"
        "<section class='two'><div>{other}</div><div><h3>Known weaknesses of the data</h3>{weak}"
        "<h3>Decision asked for</h3>{boxes}</div></section>"
        "{foot}{next}",
        head=_head(found, desk),
        many=" many" if desk.solution is not None and len(desk.solution.targets) > SINGLE else "",
        targets=_targets(desk),
        moves=_moves(desk),
        built=_built(found, desk, first),
        more=html("<p class='note'>{n} more on page 2.</p>", n=len(rest)) if rest else "",
        left=_left(desk),
        other=_other(found, desk),
        weak=_weaknesses(found, desk),
        boxes=_boxes(),
        foot=_foot(found),
        next=html("<section class='next'><h3>What else we build</h3>{built}</section>", built=_built(found, desk, rest))
        if rest
        else "",
    )


def _said_above(found: Paper) -> str:
    return f"Decision paper · {found.run.period_key} · scenario “{found.run.scenario_name}”"


def _head(found: Paper, desk: Desk) -> Html:
    star, run = desk.bench.north_star, found.run
    solution = desk.solution
    assert solution is not None
    gain, base = solution.achieved.get(star.key, 0.0), star.baseline_value
    parts = []
    tokens = f"{formats.number(solution.tokens_used)} of {formats.number(run.capacity_total)} tokens"
    if base:
        parts.append(
            f"That is {formats.percent(abs(gain) / abs(base), 1)} on today’s {desk.amount(star.key, base)}, for "
            f"{tokens}."
        )
    else:
        parts.append(f"That takes {tokens}.")
    if solution.targets:
        met = sum(target.met for target in solution.targets)
        said = f"{met} of {len(solution.targets)} targets {'is' if met == 1 else 'are'} met"
        missed = next((one for one in solution.targets if not one.met and one.kpi_key == star.key), None)
        missed = missed or next((one for one in solution.targets if not one.met), None)
        if missed is not None:
            kpi = desk.kpi(missed.kpi_key)
            short = desk.amount(kpi.key, missed.shortfall, change=True).lstrip("+±")
            said += f"; {_lower(kpi.name)} stays {short} short of what was asked"
        parts.append(f"{said}.")
    parts.append(_proof(found, desk))
    return html(
        "<header><small>{above}</small><h2>Build {n} of {all} candidates: <span class='keep'>{gain}</span> {name}</h2>"
        "<p class='sum'>{sum}</p></header>",
        above=_said_above(found),
        n=len(desk.chosen),
        all=len(desk.problem.candidates),
        gain=desk.amount(star.key, gain, change=True),
        name=_lower(star.name),
        sum=" ".join(parts),
    )


def _proof(found: Paper, desk: Desk) -> str:
    solution = desk.solution
    assert solution is not None
    if found.run.status == "optimal":
        return "No other choice within these rules brings more: the answer is proved."
    if solution.gap is None:
        return "The answer is not proved: a better one may exist."
    return f"The answer is not proved: at most {formats.percent(solution.gap, 1)} better is possible."


def _lower(name: str) -> str:
    """A KPI's name inside a sentence; abbreviations stay."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _targets(desk: Desk) -> Html:
    solution = desk.solution
    rows = {target.id: target for target in desk.problem.targets}
    if solution is None or not solution.targets:
        return html("<p class='note'>No targets were set.</p>")
    return html(
        "<ul class='targets'>{lines}</ul>",
        lines=joined(
            _target(desk, rows[one.id], one.achieved, one.shortfall, one.met)
            for one in sorted(solution.targets, key=lambda one: one.met)
            if one.id in rows
        ),
    )


def _target(desk: Desk, target: Target, achieved: float, shortfall: float, is_met: bool) -> Html:
    kpi = desk.kpi(target.kpi_key)
    base = baseline_of(desk, target)
    where = (
        ""
        if is_everything(target.dimension)
        else f" · {slice_words(target.dimension, target.dimension_key, desk.bench.title)}"
    )
    short = desk.amount(kpi.key, shortfall, change=True).lstrip("+±")
    state = (
        chip("ok", "met") if is_met else chip("fail" if target.type is TargetKind.FLOOR else "warn", f"{short} short")
    )
    return html(
        "<li><div class='line'><b>{name}{where}</b>{state}</div>{bullet}"
        "<small>{base} today, {reached} with this portfolio, asked {asked}</small></li>",
        name=kpi.name,
        where=where,
        state=state,
        bullet=bullet(base, base + achieved, target.target_value, decreases=kpi.direction is Direction.DECREASE),
        base=desk.amount(kpi.key, base),
        reached=desk.amount(kpi.key, base + achieved),
        asked=desk.amount(kpi.key, target.target_value),
    )


def _moves(desk: Desk) -> Html:
    capacity = desk.prices.get(CAPACITY_ID)
    found = [*([capacity] if capacity is not None and capacity.next_step is not None else []), *limits(desk)][:MOVES]
    if not found:
        return html("<p class='note'>No limit, moved by itself, brings anything.</p>")
    return html("<ul class='moves'>{lines}</ul>", lines=joined(_move(desk, one) for one in found))


def _move(desk: Desk, one: Explanation) -> Html:
    step = one.next_step
    assert step is not None
    if one.id == CAPACITY_ID:
        what = f"Capacity {formats.number(step.before)} → {formats.number(step.after)} tokens"
    else:
        row = desk.problem.rows[one.id]
        moved = {part.field: part.text for part in desk.sentence(row.with_number(step.field, step.after))}
        what = "".join(
            f"{part.text} → {moved[part.field]}" if part.field == step.field else part.text
            for part in desk.sentence(row)
        )
    parts = []
    if step.added:
        parts.append(f"brings {desk.titles(step.added, 4)}")
    if step.dropped:
        parts.append(f"drops {desk.titles(step.dropped, 4)}")
    return html(
        "<li><b>{what}</b><span>{gain}</span><small>{parts}</small></li>",
        what=what,
        gain=desk.worth(step.gain, step.stage, change=True),
        parts="; ".join(parts),
    )


def _chosen(desk: Desk) -> list[str]:
    """The chosen, those first that fill their rank; where they do not fit, the dearest to leave out."""
    keys = [] if desk.solution is None else list(desk.solution.selected)
    if len(keys) <= ON_PAGE:
        return keys

    def dear(key: str) -> tuple[float, str]:
        known = desk.prices.get(key)
        if known is None or (known.loss is None and not known.conflict):
            return 0.0, key
        return (-float("inf") if known.conflict else -(known.loss or 0.0)), key

    return sorted(keys, key=dear)


def _built(found: Paper, desk: Desk, keys: Sequence[str]) -> Html:
    star = desk.bench.north_star
    known = {candidate.key: candidate for candidate in desk.problem.candidates}
    lines = joined(
        html(
            "<tr><th scope='row'>{title}</th><td>{team}</td><td class='num'>{tokens}</td>"
            "<td class='num'>{gain}</td><td>{why}</td><td class='num'>{price}</td></tr>",
            title=desk.bench.title(key),
            team=(fact.department if (fact := desk.bench.facts.get(key)) is not None else None) or formats.NONE,
            tokens=formats.number(known[key].tokens),
            gain=desk.amount(star.key, known[key].contributions.get(star.key, 0.0), change=True)
            if known[key].contributions.get(star.key)
            else formats.NONE,
            why=_why(found, desk, key),
            price=_price_in(desk, key),
        )
        for key in keys
    )
    return html(
        "<table class='main'><thead><tr><th scope='col'>Initiative</th><th scope='col'>Department</th>"
        "<th scope='col' class='num'>Tokens</th>"
        "<th scope='col' class='num'>{star}</th><th scope='col'>Why it is in, beyond its value</th>"
        "<th scope='col' class='num'>If left out</th></tr></thead><tbody>{lines}</tbody></table>",
        star=star.key.upper() if len(star.key) <= 4 else "Gain",
        lines=lines,
    )


def _mandate(desk: Desk, key: str) -> Explanation | None:
    rules = [rule.id for rule in desk.problem.constraints if rule.forces == key]
    return next((desk.prices[id] for id in rules if id in desk.prices), None)


def _why(found: Paper, desk: Desk, key: str) -> Html:
    rule = next((one for one in desk.problem.constraints if one.forces == key), None)
    if rule is not None:
        return html("{icon} {why}", icon=icon("lock"), why=rule.reason or "it is mandatory")
    known = desk.prices.get(key)
    if known is not None and known.conflict:
        rows = [desk.problem.rows[id] for id in known.conflict if id in desk.problem.rows]
        said = in_words(desk.sentence(rows[0])) if rows else "the rules need it"
        return html("{icon} {why}", icon=icon("lock"), why=said)
    if known is not None and (kept := [desk.problem.rows[id] for id in known.keeps if id in desk.problem.rows]):
        return html("it keeps “{what}”", what=in_words(desk.sentence(kept[0])))
    for part in found.reasons.get(key, "").split("; "):
        if part.startswith(("needed by", "comes with")):
            return html("{part}", part=_with_titles(found, desk, part))
    return Html()


def _with_titles(found: Paper, desk: Desk, text: str) -> str:
    """A sentence in which initiatives are called by their titles, and statuses as people call them."""

    def titled(match: re.Match[str]) -> str:
        title = found.titles.get(match["key"]) or desk.bench.title(match["key"])
        return f"“{title}”"

    said = re.sub(rf"(?P<key>{KEY.pattern})(?: \([^()]*\))?(?=[ :,;.)]|$)", titled, text)
    for status in Lifecycle:
        said = re.sub(rf"\b{status}\b", words(status), said) if "_" in status else said
    return said


def _price_in(desk: Desk, key: str) -> str:
    mandate = _mandate(desk, key)
    if mandate is not None and mandate.loss:
        return desk.worth(mandate.loss, mandate.stage, change=True)
    known = desk.prices.get(key)
    if known is not None and known.conflict:
        return "fixed"
    if known is None or known.loss is None:
        return formats.NONE
    return desk.worth(-known.loss, known.stage, change=True) if known.loss else "no cost"


def _left(desk: Desk) -> Html:
    chosen = desk.chosen
    outside = [one.key for one in desk.problem.candidates if one.key not in chosen and one.tokens is not None]
    priced = {key: known for key in outside if (known := desk.prices.get(key)) is not None and known.computed}
    near = sorted(
        (key for key, known in priced.items() if not known.conflict and known.loss is not None),
        key=lambda key: (priced[key].loss or 0.0, key),
    )[:NEAREST]
    never = [key for key, known in priced.items() if known.conflict]
    tokens = {one.key: one.tokens for one in desk.problem.candidates}
    lines = joined(
        html(
            "<tr><th scope='row'>{title}</th><td class='num'>{tokens}</td><td class='num'>{price}</td>"
            "<td>{out}</td></tr>",
            title=desk.bench.title(key),
            tokens=formats.number(tokens[key]),
            price=desk.worth(-(priced[key].loss or 0.0), priced[key].stage, change=True)
            if priced[key].loss
            else "no cost",
            out=desk.titles([one for one in priced[key].dropped if one != key], 4) or "nothing",
        )
        for key in near
    )
    rest = len(outside) - len(near)
    notes = []
    if rest:
        notes.append(f"{formats.number(rest)} more left out")
    if never:
        notes.append(f"not possible under the rules: {desk.titles(never, 4)}")
    if not near:
        return html("<p class='note'>{n}.</p>", n="; ".join(notes) or "Nothing is left out")
    return html(
        "<table class='main'><thead><tr><th scope='col'>Initiative</th><th scope='col' class='num'>Tokens</th>"
        "<th scope='col' class='num'>Price</th>"
        "<th scope='col'>Would push out</th></tr></thead><tbody>{lines}</tbody></table>{note}",
        lines=lines,
        note=html("<p class='note'>{n}.</p>", n="; ".join(notes)) if notes else "",
    )


def _other(found: Paper, desk: Desk) -> Html:
    if not found.other.columns or desk.solution is None:
        return html("<h3>The alternative</h3><p class='note'>No other scenario has an answer.</p>")
    [other] = found.other.columns
    here, there = desk.chosen, other.chosen
    titles = found.other.titles
    lines = joined(
        html(
            "<tr><th scope='row'>{name}</th><td class='num'>{a}</td><td class='num'>{b}</td></tr>",
            name=kpi.name,
            a=desk.amount(key, desk.solution.achieved.get(key, 0.0), change=True),
            b=desk.amount(key, other.achieved.get(key, 0.0), change=True),
        )
        for key, kpi in desk.bench.kpis.items()
        if kpi.level != KpiLevel.SUPPORTING and (desk.solution.achieved.get(key) or other.achieved.get(key))
    )
    only_there = sorted(there - here)
    names = [titles.get(key) or desk.bench.title(key) for key in only_there]
    return html(
        "<h3>The alternative: {other}</h3><table><thead><tr><td></td><th scope='col' class='num'>{here}</th>"
        "<th scope='col' class='num'>{other}</th></tr></thead><tbody>{lines}</tbody></table>"
        "<p class='note'><b>Only here:</b> {a}.<br><b>Only there:</b> {b}.</p>",
        other=other.label,
        here=found.run.scenario_name,
        lines=lines,
        a=desk.titles(sorted(here - there), 6) or "nothing",
        b=formats.listed(names, 6).replace(" · ", ", ") or "nothing",
    )


def _weaknesses(found: Paper, desk: Desk) -> Html:
    said = [plain(_with_titles(found, desk, one)) for one in found.weaknesses]
    lines = joined(html("<li>{text}</li>", text=f"{text[:1].upper()}{text[1:]}") for text in said[:4])
    more = html("<li>{n} more on Gaps_And_Alerts</li>", n=len(said) - 4) if len(said) > 4 else ""
    return html("<ul class='plain'>{lines}{more}</ul>", lines=lines or html("<li>None are known.</li>"), more=more)


def _boxes() -> Html:
    choices = ("Approve as proposed", "Approve with changes: ______________________", "Return for another scenario")
    return html("<ul class='boxes'>{lines}</ul>", lines=joined(html("<li>{one}</li>", one=one) for one in choices))


def _foot(found: Paper) -> Html:
    run = found.run
    solver = (run.result_json or {}).get("solver") or {}
    gap = (run.result_json or {}).get("gap")
    proof = (
        "proved optimal, gap 0"
        if run.status == "optimal"
        else f"{run.status}" + (f", gap {formats.percent(gap, 1)}" if gap else "")
    )
    return html(
        "<footer><span>{run} · {solver} {version} · {proof}</span><span>inputs {hash}</span><span>{day}</span>"
        "</footer>",
        run=run.run_id,
        solver=solver.get("name", ""),
        version=solver.get("version", ""),
        proof=proof,
        hash=(run.snapshot_hash or "")[:19],
        day=formats.day(run.finished_at),
    )


def _without_answer(found: Paper) -> Html:
    """Of a run without an answer: why there is none, and what would help."""
    desk = found.desk
    diagnosis = None if desk is None or desk.answer is None else desk.answer.solution.diagnosis
    body: Html
    if desk is not None and desk.answer is not None and diagnosis is not None:
        rows = desk.problem.rows
        lines = joined(
            html(
                "<li>{said}</li>",
                said=in_html(desk.sentence(rows[row.id]))
                if row.id in rows
                else f"Only {formats.number(desk.problem.capacity)} tokens in all"
                if row.id == CAPACITY_ID
                else row.message,
            )
            for row in diagnosis.conflict
        )
        way = desk.answer.ways_out[0] if desk.answer.ways_out else None
        repair = html("<h3>Cheapest repair</h3><p>{way}.</p>", way=way_in_words(desk, way)) if way is not None else ""
        body = html(
            "<h3>These can’t all hold</h3><ul class='plain'>{lines}</ul><p class='note'>Drop any one of them "
            "and the rest of these can be met.</p>{repair}",
            lines=lines,
            repair=repair,
        )
    else:
        body = html("<p>{why}</p>", why=found.run.summary or found.run.status)
    return html(
        "<header><small>{above}</small><h2>There is no portfolio that keeps all the rules</h2></header>"
        "<section>{body}</section>"
        "<section><h3>Decision asked for</h3>{boxes}</section>{foot}",
        above=_said_above(found),
        body=body,
        boxes=_boxes(),
        foot=_foot(found),
    )
