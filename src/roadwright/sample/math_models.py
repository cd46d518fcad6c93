"""Math models of a few initiatives, with their params: where the contributions of these come from."""

from __future__ import annotations

from roadwright.sample.cells import Row, initiatives

CHECKOUT, STATUS_PAGE, PROMISE = "One-page checkout", "Order status page", "Delivery promise at checkout"
PHOTOS, RETURNS = "Photo check for listings", "Returns without a printer"


def _model(title: str, name: str, kpi: str, formula: str, **more: str | bool) -> Row:
    return {
        "initiative_key": initiatives(title),
        "model_name": name,
        "target_kpi_key": kpi,
        "formula_text": formula,
        "approved_by_user": True,
        **more,
    }


MATH_MODELS: tuple[Row, ...] = (
    _model(
        CHECKOUT,
        "more orders",
        "gmv",
        "checkouts * conversion_uplift * order_value",
        immediate_kpi_key="checkout_conversion",
        metric_chain_text="checkout_conversion -> gmv",
        assumptions_text="The test in February: 0.62 points more checkouts end in an order.",
        is_primary=True,
    ),
    _model(
        CHECKOUT,
        "people who come back",
        "repeat_rate",
        "share_touched * repeat_uplift",
        metric_chain_text="repeat_rate",
        immediate_kpi_key="repeat_rate",
    ),
    _model(
        STATUS_PAGE,
        "fewer questions",
        "contact_rate",
        "# fewer contacts are better, so the change is below 0\nvalue = 0 - contact_reduction",
        immediate_kpi_key="contact_rate",
        metric_chain_text="contact_rate",
        is_primary=True,
    ),
    _model(STATUS_PAGE, "orders kept", "gmv", "orders_kept_increase * order_value"),
    _model(STATUS_PAGE, "trust", "repeat_rate", "share_touched * repeat_uplift"),
    _model(
        PROMISE,
        "larger baskets",
        "gmv",
        "transactions * (value_after - value_before) * pass_through_rate",
        pattern="value_per_transaction",
        immediate_kpi_key="average_order_value",
        metric_chain_text="average_order_value -> gmv",
        is_primary=True,
    ),
    _model(PROMISE, "fewer questions", "contact_rate", "0 - contact_reduction"),
    _model(
        PHOTOS,
        "fewer returns",
        "gmv",
        "returns_reduction * order_value",
        assumptions_text="Not measured yet.",
        approved_by_user=False,
    ),
    _model(
        RETURNS,
        "buyers who dare",
        "gmv",
        "base_volume * (rate_after - rate_before)",
        pattern="rate_uplift",
    ),
)
"""Two of them are not ready on purpose: one is not approved, one has no params yet."""


def _params(title: str, model: str, source: str, **values: float) -> tuple[Row, ...]:
    return tuple(
        {
            "initiative_key": initiatives(title),
            "model_name": model,
            "param_name": name,
            "value": value,
            "source": source,
            "approved": True,
        }
        for name, value in values.items()
    )


PARAMS: tuple[Row, ...] = (
    *_params(
        CHECKOUT, "more orders", "test in February", checkouts=1_000_000, conversion_uplift=0.0062, order_value=50
    ),
    *_params(CHECKOUT, "people who come back", "survey", share_touched=0.15, repeat_uplift=0.02),
    *_params(STATUS_PAGE, "fewer questions", "tickets of January", contact_reduction=0.9),
    *_params(STATUS_PAGE, "orders kept", "cancelled orders", orders_kept_increase=700, order_value=50),
    *_params(STATUS_PAGE, "trust", "survey", share_touched=0.2, repeat_uplift=0.02),
    *_params(
        PROMISE,
        "larger baskets",
        "test in March",
        transactions=130_000,
        value_after=55.5,
        value_before=54.5,
        pass_through_rate=1,
    ),
    *_params(PROMISE, "fewer questions", "tickets of January", contact_reduction=0.25),
)
"""All approved. The models' results are the contributions that the scenarios count with."""
