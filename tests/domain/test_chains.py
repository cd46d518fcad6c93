"""Metric chains: reading all the ways to write them, printing, judging them against the registry, and suggestions."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadwright.domain.chains import Chain, ChainError, chain_json, chain_text, check_chain, driver_path, parse_chain
from roadwright.domain.formulas import increment_warning, parse_formula
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.math_models import Pattern, suggested_chain, suggested_formula
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import RegisteredKpi, Registry

LEVELS = {
    "gmv": KpiLevel.NORTH_STAR,
    "repeat_rate": KpiLevel.STRATEGIC,
    "page_load_time": KpiLevel.SUPPORTING,
    "checkout_conversion": KpiLevel.SUPPORTING,
    "active_buyers": KpiLevel.SUPPORTING,
}
REGISTRY = Registry.of(
    [
        *(RegisteredKpi(key, level, Direction.INCREASE, is_active=True) for key, level in LEVELS.items()),
        RegisteredKpi("old_goal", KpiLevel.STRATEGIC, Direction.INCREASE, is_active=False),
    ]
)
STRAIGHT = (("page_load_time", "checkout_conversion"), ("checkout_conversion", "gmv"))


@pytest.mark.parametrize(
    "text",
    [
        "page_load_time -> checkout_conversion -> gmv",
        "page_load_time->checkout_conversion->gmv",
        "page_load_time → checkout_conversion → gmv",
        "page_load_time > checkout_conversion > gmv",
        "page_load_time, checkout_conversion, gmv",
        "page_load_time -> checkout_conversion → gmv",
        "page_load_time --> checkout_conversion => gmv",
        "page_load_time -> checkout_conversion\ncheckout_conversion -> gmv",
        "page_load_time -> checkout_conversion; checkout_conversion -> gmv;",
        "page_load_time\n  -> checkout_conversion\n\n  -> gmv",
        "page_load_time ->\r\ncheckout_conversion ->\r\ngmv",
        " page_load_time\u00a0->\tcheckout_conversion -> gmv \n\n",
        "page_load_time -> checkout_conversion -> gmv; Page_Load_Time -> CHECKOUT_conversion",
    ],
)
def test_all_ways_to_write_a_straight_chain(text: str) -> None:
    chain = parse_chain(text)
    assert chain.nodes == ("page_load_time", "checkout_conversion", "gmv")
    assert chain.edges == STRAIGHT
    assert chain.source == text
    assert (chain.starts, chain.ends) == (("page_load_time",), ("gmv",))
    assert check_chain(chain, "page_load_time", "gmv", REGISTRY) == ((), ())


def test_branches_are_chains_that_share_kpis() -> None:
    text = "page_load_time -> checkout_conversion -> gmv\npage_load_time -> active_buyers -> gmv"
    chain = parse_chain(text)
    assert chain.nodes == ("page_load_time", "checkout_conversion", "gmv", "active_buyers")
    assert set(chain.edges) == {*STRAIGHT, ("page_load_time", "active_buyers"), ("active_buyers", "gmv")}
    assert check_chain(chain, "page_load_time", "gmv", REGISTRY) == ((), ())
    assert chain_text(chain) == text.replace("\n", "; ")


def test_one_kpi_alone_is_a_chain() -> None:
    chain = parse_chain(" gmv ")
    assert (chain.nodes, chain.edges, chain.starts, chain.ends) == (("gmv",), (), ("gmv",), ("gmv",))
    assert check_chain(chain, "gmv", "gmv", REGISTRY) == ((), ())
    assert check_chain(chain, None, "gmv", REGISTRY) == ((), ())


def test_it_is_stored_with_its_source_text() -> None:
    stored = chain_json(parse_chain("a > b"))
    assert json.loads(json.dumps(stored)) == {"nodes": ["a", "b"], "edges": [["a", "b"]], "source": "a > b"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no KPI in it"),
        (" ;\n; ", "there is no KPI in it"),
        ("gmv ->", 'an arrow in "gmv ->" has no KPI on one of its sides'),
        ("-> gmv", "has no KPI on one of its sides"),
        ("a -> -> b", "has no KPI on one of its sides"),
        ("a,, b", "has no KPI on one of its sides"),
        ("a -> ; b", "has no KPI on one of its sides"),
        ("a = b", '"=" holds ='),
        ("a: b", '"a:" holds :'),
        ('{"nodes": []}', "holds {"),
        ("x" * 201, "is too long for a KPI key"),
        ("a -> " * 40_000, "characters; at most 32,767"),
        ("; ".join(f"k{i}" for i in range(201)), "the chain has 201 KPIs; at most 200"),
    ],
)
def test_what_is_no_chain_is_said(text: str, said: str) -> None:
    with pytest.raises(ChainError) as error:
        parse_chain(text)
    assert said in str(error.value)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("text", ["-" * 32_000, ">" * 32_000, "a" + " " * 32_000 + "=", "\n" * 32_000, "a->" * 10_000])
def test_long_texts_are_judged_at_once(text: str) -> None:
    start = time.thread_time()
    with pytest.raises(ChainError):
        parse_chain(text)
    assert time.thread_time() - start < 1


def errors(text: str, immediate: str | None = "page_load_time", target: str | None = "gmv") -> tuple[Message, ...]:
    return check_chain(parse_chain(text), immediate, target, REGISTRY).errors


def test_it_starts_in_the_immediate_and_ends_in_the_target_kpi() -> None:
    (starts,) = errors("active_buyers -> gmv")
    assert (starts.code, starts.severity) == ("chain_starts_elsewhere", Level.FAILED)
    assert str(starts) == (
        "metric_chain_text: the chain starts in active_buyers, but immediate_kpi_key is page_load_time"
    )
    (ends,) = errors("page_load_time -> active_buyers")
    assert ends.code == "chain_ends_elsewhere"
    assert str(ends) == "metric_chain_text: the chain ends in active_buyers, but target_kpi_key is gmv"
    branched = check_chain(
        parse_chain("page_load_time -> gmv; active_buyers -> gmv"), "page_load_time", "gmv", REGISTRY
    )
    assert branched.errors == ()
    (warning,) = branched.warnings
    assert (warning.code, warning.severity) == ("chain_starts_elsewhere", Level.WARNING)
    assert warning.params["ends"] == "page_load_time and active_buyers"
    assert errors("page_load_time -> gmv; active_buyers") == ()
    assert errors("PAGE_load_time -> GMV") == ()
    assert errors("active_buyers -> gmv", immediate=None) == ()


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("page_load_time -> a -> page_load_time", "page_load_time -> a -> page_load_time"),
        ("a -> A", "a -> a"),
        ("page_load_time -> gmv\ngmv -> b -> gmv", "gmv -> b -> gmv"),
        ("a -> b, a -> c", "a -> b -> a"),
    ],
)
def test_a_circle_is_named(text: str, circle: str) -> None:
    (error,) = errors(text)
    assert (error.code, error.column, error.params["chain"]) == ("chain_circle", "metric_chain_text", circle)


def test_the_target_must_be_claimable() -> None:
    (error,) = errors("active_buyers", None, "active_buyers")
    assert (error.code, error.column, error.params["key"]) == ("kpi_only_in_chains", "target_kpi_key", "active_buyers")
    assert errors("old_goal", None, "old_goal")[0].code == "kpi_inactive"
    (error,) = errors("gvm", None, "gvm")
    assert error.code == "unknown_kpi_listed"
    assert error.params["hint"] == Message("did_you_mean", Level.OK, params={"name": "gmv"})


def test_unknown_kpis_are_warned_of_with_the_nearest_key() -> None:
    check = check_chain(
        parse_chain("page load time -> checkout_conversoin -> zzz -> gmv"), "page load time", "gmv", REGISTRY
    )
    assert check.errors == ()
    assert tuple(map(str, check.warnings)) == (
        'metric_chain_text: "page load time" is no KPI of Metrics_Config (did you mean page_load_time?)',
        'metric_chain_text: "checkout_conversoin" is no KPI of Metrics_Config (did you mean checkout_conversion?)',
        'metric_chain_text: "zzz" is no KPI of Metrics_Config',
    )


KEYS = st.one_of(
    st.sampled_from(["a", "b", "c", "d", "gmv", "GMV", "a-", "-b", "-", "–", "page load", "größe", "ß", "ss"]),
    st.text(st.sampled_from("abC_-–.0ß"), min_size=1, max_size=6),
)
ARROWS = st.sampled_from([" -> ", " → ", " > ", ", ", " --> ", "→", " => "])
BREAKS = st.sampled_from(["\n", ";", " ; ", "\r\n", "\n\n;"])


@st.composite
def chain_texts(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.lists(KEYS, min_size=1, max_size=5), min_size=1, max_size=5))
    text = ""
    for line in lines:
        text += draw(BREAKS) if text else ""
        text += line[0] + "".join(draw(ARROWS) + key for key in line[1:])
    return text


@settings(deadline=None)
@given(chain_texts())
def test_parse_print_parse_is_stable(text: str) -> None:
    chain = parse_chain(text)
    printed = chain_text(chain)
    again = parse_chain(printed)
    assert (again.nodes, again.edges) == (chain.nodes, chain.edges)
    assert chain_text(again) == printed
    assert len({node.casefold() for node in chain.nodes}) == len(chain.nodes)
    assert {node for edge in chain.edges for node in edge} <= set(chain.nodes)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12), st.sampled_from("abcde"))
def test_print_parse_gives_the_same_graph_for_any_edges(edges: list[tuple[str, str]], alone: str) -> None:
    steps = tuple(dict.fromkeys(edges))
    nodes = tuple(dict.fromkeys([*(node for edge in steps for node in edge), alone]))
    again = parse_chain(chain_text(Chain(nodes, steps, "")))
    assert (again.nodes, again.edges) == (nodes, steps)


@settings(deadline=None)
@given(st.text(st.sampled_from('ab ->→,;\n=–-_:"{\u00a0\u2028'), max_size=60))
def test_any_text_is_a_chain_or_a_clear_error(text: str) -> None:
    try:
        chain = parse_chain(text)
    except ChainError as error:
        assert str(error)  # noqa: PT017 - both ends are right, an error without words is not
        return
    assert chain.nodes
    check_chain(chain, "a", "gmv", REGISTRY)


DRIVEN_BY = {
    "gmv": ("checkout_conversion", "active_buyers"),
    "checkout_conversion": ("Page_Load_Time", "search_success"),
    "search_success": ("page_load_time",),
    "page_load_time": ("checkout_conversion",),
}


def test_the_path_of_drivers_is_the_shortest() -> None:
    assert driver_path(DRIVEN_BY, "PAGE_LOAD_TIME", "gmv") == ("page_load_time", "checkout_conversion", "gmv")
    assert driver_path(DRIVEN_BY, "gmv", "page_load_time") is None
    assert driver_path(DRIVEN_BY, "unknown", "gmv") is None
    assert driver_path(DRIVEN_BY, "gmv", "GMV") is None
    assert driver_path({}, "a", "b") is None


def test_a_chain_is_suggested_along_the_drivers() -> None:
    assert suggested_chain("page_load_time", "gmv", DRIVEN_BY) == "page_load_time -> checkout_conversion -> gmv"
    assert suggested_chain("delivery_days", "gmv", DRIVEN_BY) == "delivery_days -> gmv"
    assert suggested_chain(None, "gmv", DRIVEN_BY) == "gmv"
    assert suggested_chain("GMV", "gmv", DRIVEN_BY) == "gmv"


def test_each_pattern_but_custom_suggests_a_formula_that_is_an_increment() -> None:
    for pattern in Pattern:
        text = suggested_formula(pattern)
        assert (text is None) == (pattern is Pattern.CUSTOM)
        if text is not None:
            assert increment_warning(parse_formula(text)) is None
    assert suggested_formula(None) is None
    assert suggested_formula("rate_uplift") == "base_volume * (rate_after - rate_before)"
