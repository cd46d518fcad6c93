"""What is said where no run has the key that a person names: which one was likely meant, or how far the keys go."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.keys import ACTION_RUN, OPTIMIZATION_RUN, make_key, number_in, parse_key
from roadwright.domain.messages import Message
from roadwright.domain.registry import did_you_mean, nearest_key
from roadwright.services.portfolios.runs import no_such_optimization
from roadwright.store.models import ActionRun
from roadwright.store.numbers import numbers_near


def no_such_run(session: Session, run_id: str) -> Message:
    """Where an action's run is asked for. Of the key of an optimization the run that made it was meant."""
    number, of_optimization = number_in(run_id), parse_key(OPTIMIZATION_RUN, run_id)
    if of_optimization is not None:
        made = make_key(OPTIMIZATION_RUN, of_optimization)
        known = session.scalar(select(ActionRun.run_id).where(ActionRun.optimization_run_id == made))
        hint = did_you_mean(known) if known is not None else ""
        return Message("no_action_run_but_optimization", params={"run_id": run_id, "hint": hint})
    hint = nearest_key(ACTION_RUN, number, numbers_near(session, ActionRun.id, number))
    return Message("no_action_run", params={"run_id": run_id, "hint": hint})


def no_run_at_all(session: Session, run_id: str) -> Message:
    """Where either kind of run may be named."""
    is_optimization = parse_key(OPTIMIZATION_RUN, run_id) is not None
    return no_such_optimization(session, run_id) if is_optimization else no_such_run(session, run_id)
