"""Versions and moves of a roadmap, two decisions side by side, and what publishing would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roadwright.domain.roadmaps import without_gate
from roadwright.grid.roadmaps import RoadmapView
from roadwright.services.roadmaps.compare import DecisionComparison, FieldChange, Figures
from roadwright.services.roadmaps.drift import DriftedValue
from roadwright.services.roadmaps.versions import Preview
from roadwright.web import formats
from roadwright.web.kit import Html, button, card, card_head, chip, choice, form, html, icon, joined, table
from roadwright.web.words import person, plain, sentence, words


def history(view: RoadmapView, *, may_plan: bool) -> Html:
    """The versions with their hashes, and who moved the roadmap when."""
    lines = [
        html(
            "<li><span><b>v{n}</b> published by {who} <small>{hash}</small></span><time>{day}</time></li>",
            n=number,
            who=person(by),
            hash=hash_.partition(":")[2][:12],
            day=formats.day(at),
        )
        for number, by, at, hash_ in view.versions
    ]
    lines += [
        html(
            "<li><span>{before} → <b>{after}</b> by {who}</span><time>{day}</time></li>",
            before=words(before),
            after=words(after),
            who=person(by),
            day=formats.day(at),
        )
        for before, after, by, at in view.moves
    ]
    listed = (
        html('<ul class="rw-hist">{lines}</ul>', lines=joined(lines))
        if lines
        else html("<p class=dim>No moves yet.</p>")
    )
    return html(
        "{history}{adopt}", history=card("Versions and moves", listed), adopt=_adopting(view, may_plan=may_plan)
    )


def _adopting(view: RoadmapView, *, may_plan: bool) -> Html:
    adopted = view.value("adopted_run")
    said = f"It shows the choice of {adopted}." if adopted else "It has adopted no run: all that stand on it are in."
    if not (may_plan and view.runs):
        return card("Adopted run", html("<p>{said}</p>", said=said)) if adopted else Html()
    runs = [("", "none"), *((run, f"{run} · {scenario}") for run, scenario in view.runs)]
    if adopted and str(adopted) not in dict(runs):
        runs.append((str(adopted), str(adopted)))
    pick = choice("Run", "run", runs, str(adopted or ""), test="adopt-run", id_="adopt-run")
    content = html("<p>{said}</p>{pick}{do}", said=said, pick=pick, do=button("Adopt", submits=True, test="adopt"))
    return card("Adopted run", form("adopt", content, mark=view.row.mark))


def comparing(view: RoadmapView, others: Sequence[tuple[str, str]], left: str, other: str) -> Html:
    """What is compared with what: a roadmap, a version or a run."""
    mine = [("", "as it is now"), *((str(n), f"v{n}, as published {formats.day(at)}") for n, _, at, _ in view.versions)]
    fields = html(
        '<div class="row-of">{left}{right}</div>',
        left=choice(view.name, "value", mine, left, act="left", test="compare-left", id_="compare-left"),
        right=choice(
            "against",
            "value",
            [("", "choose…"), *others],
            other,
            act="against",
            test="compare-with",
            id_="compare-with",
        ),
    )
    return html('<div class="rw-form">{fields}</div>', fields=fields)


def side_by_side(found: DecisionComparison, names: Mapping[str, str]) -> Html:
    """Differences first, then totals and KPIs."""
    rows: list[Html] = []
    yes, no = chip("info", "in", "ok"), html('<span class="dim">–</span>')
    for moved in found.went_out:
        rows.append(
            _line(
                moved.title, moved.key, "only left", (yes, formats.smart(moved.tokens)), (no, plain(str(moved.briefly)))
            )
        )
    for moved in found.came_in:
        rows.append(
            _line(
                moved.title,
                moved.key,
                "only right",
                (no, plain(str(moved.briefly))),
                (yes, formats.smart(moved.tokens)),
            )
        )
    for changed in found.changed:
        a = "; ".join(f"{_field(one)} {_shown(one.a)}" for one in changed.changes)
        b = "; ".join(f"{_field(one)} {_shown(one.b)}" for one in changed.changes)
        rows.append(_line(changed.title, changed.key, "changed", (yes, a), (yes, b)))
    same = (
        "Nothing differs."
        if found.is_equal
        else f"{formats.plural(found.same, 'entry', 'entries')} the same on both sides."
    )
    sums = [
        _sum("Entries", Figures(len(found.a.chosen), len(found.b.chosen)), None),
        _sum("Tokens", found.tokens, None),
        *(_sum(names.get(kpi.kpi_key, sentence(kpi.kpi_key)), kpi.figures, kpi.unit, adds=True) for kpi in found.kpis),
    ]
    left, right = _side(found.a.label), _side(found.b.label)
    totals = table(
        ["Total", (left, "num"), (right, "num"), ("Change", "num")],
        sums,
        label="Totals",
        test="totals",
    )
    listed = table(["Initiative", "Where", left, right], rows, label="Differences", test="differences")
    return html(
        '{head}{listed}<p class="dim">{same}</p><h3 class="rw-sub">Totals</h3>{totals}',
        head=card_head(f"{left} against {right}"),
        totals=totals,
        listed=listed if rows else "",
        same=same,
    )


def _line(title: str, key: str, kind: str, a: tuple[Html, str], b: tuple[Html, str]) -> Html:
    cells = joined(html("<td>{mark} <small>{text}</small></td>", mark=mark, text=text) for mark, text in (a, b))
    return html(
        '<tr class="diff"><th scope="row">{title} <small>{number}</small></th><td><small>{kind}</small></td>'
        "{cells}</tr>",
        title=title,
        number=formats.short_key(key),
        kind=kind,
        cells=cells,
    )


def _field(change: FieldChange) -> str:
    return sentence(change.field.removeprefix("contributions.")).lower()


def _shown(value: object) -> str:
    return (
        formats.smart(float(value))
        if isinstance(value, int | float)
        else formats.NONE
        if value is None
        else words(str(value))
    )


def _side(label: str) -> str:
    """A version as the choice above names it: ``Q2 committed, v2``."""
    name, at, number = label.rpartition("@")
    return f"{name}, v{number}" if at and number.isdigit() else label


def _sum(name: str, figures: Figures, unit: str | None, *, adds: bool = False) -> Html:
    """``adds``: what each side adds to a KPI, which is a change of it."""
    a, b = (formats.amount(value, unit, change=adds, short=True) for value in (figures.a, figures.b))
    said = (
        '<tr><th scope="row">{name}</th><td class="num">{a}</td><td class="num">{b}</td>'
        '<td class="num">{change}</td></tr>'
    )
    against = formats.amount(-figures.change, unit, change=True, short=True)  # the left one against the right one
    return html(said, name=name, a=a, b=b, change=against)


def _why(reason: str) -> str:
    said = plain(without_gate(reason))
    return said[:1].upper() + said[1:]


def drifted(changes: Sequence[DriftedValue]) -> Html:
    """What is not as it was published."""
    lines = joined(
        html(
            "<li>{icon}<span>{title}{what}</span></li>",
            icon=icon("warn"),
            title=f"{c.title}: " if c.title and c.title not in str(c.message) else "",
            what=plain(str(c.message)),
        )
        for c in changes
    )
    return html('<ul class="rw-faults warn" data-testid="drift">{lines}</ul>', lines=lines)


def previewing(preview: Preview, name: str) -> Html:
    """What publishing would do."""
    if preview.refused is not None or preview.content is None:
        return html('<p role="alert">{why}</p>', why=str(preview.refused or ""))
    content = preview.content
    if preview.is_equal:
        head = f"Equal content: v{preview.number} holds the same, and no new version is made."
    else:
        head = f"This makes v{preview.number} of {name}. A version never changes."
    held = formats.plural(len(content.entries), "entry", "entries")
    chosen = (
        f", {formats.number(content.totals.chosen)} of them chosen"
        if content.totals.chosen != len(content.entries)
        else ""
    )
    kpis = joined(
        html(
            "<li>{name}: <b>{total}</b></li>",
            name=kpi.kpi_name or sentence(kpi.kpi_key),
            total=formats.amount(kpi.total, kpi.unit, change=True, short=True),
        )
        for kpi in content.totals.kpis
    )
    left = joined(
        html(
            "<li>{icon}<span><b>{title}</b>{why}</span></li>",
            icon=icon("fail"),
            title=one.title,
            why=joined(html("<br><small>{said}</small>", said=_why(reason)) for reason in one.reasons),
        )
        for one in content.left_out
    )
    body = html(
        '<p><b>{head}</b></p><p>It holds {held}{chosen}, {tokens} tokens.</p><ul class="rw-plain">{kpis}</ul>'
        "<h3>Left out: {n}</h3><ul class=rw-faults>{left}</ul>",
        head=head,
        held=held,
        chosen=chosen,
        tokens=formats.number(content.totals.tokens),
        kpis=kpis,
        n=len(content.left_out),
        left=left,
    )
    if preview.changes and not preview.is_equal:
        body += html(
            "<details><summary>{n} since the newest version</summary>{drift}</details>",
            n=formats.plural(len(preview.changes), "change"),
            drift=drifted(preview.changes),
        )
    do = button(
        "Publish" if not preview.is_equal else "Publish all the same",
        "publish-now",
        look="primary",
        glyph="flag",
        test="publish-now",
    )
    return html('<div class="stack">{body}<div class="rw-buttons">{do}</div></div>', body=body, do=do)
