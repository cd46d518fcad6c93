"""The driver tree: where each KPI stands."""

from __future__ import annotations

from roadwright.services.scoring.tree import tree_of


def test_drivers_stand_left_and_the_north_star_right_of_all() -> None:
    levels = {
        "gmv": "north_star",
        "sellers": "strategic",
        "buyers": "supporting",
        "orders": "strategic",
        "ads": "supporting",
    }
    tree = tree_of(levels, {"gmv": ["buyers"], "orders": ["BUYERS", "ads"], "sellers": ["orders", "nobody"]})
    column = {node.key: node.column for node in tree.nodes}
    assert column == {"buyers": 0, "ads": 0, "orders": 1, "sellers": 2, "gmv": 3}
    assert set(tree.edges) == {("buyers", "gmv"), ("buyers", "orders"), ("ads", "orders"), ("orders", "sellers")}
    places = [(node.column, node.row) for node in tree.nodes]
    assert len(set(places)) == len(places)
    assert all(
        abs(one.row - other.row) >= 1
        for one in tree.nodes
        for other in tree.nodes
        if one is not other and one.column == other.column
    )


def test_a_circle_and_an_empty_registry_have_a_tree() -> None:
    tree = tree_of({"a": "strategic", "b": "strategic"}, {"a": ["b", "a"], "b": ["a"]})
    assert len(tree.nodes) == 2
    assert len(tree.edges) == 1
    assert (tree_of({}, {}).columns, tree_of({}, {}).rows) == (0, 0)
