"""The command `roadwright solve problem.json`: a Problem JSON in, a Solution JSON out."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from roadwright.cli.faults import Stopped
from roadwright.cli.interrupts import Finished, end_now, interruptible
from roadwright.cli.problem_file import Unreadable, load_json
from roadwright.domain.exit_codes import EXIT_CODE_OF, ExitCode
from roadwright.domain.messages import Message
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import (
    Explanation,
    InvalidProblem,
    LastFound,
    Problem,
    Solution,
    SolveOptions,
    SolveProgress,
    UnknownKeys,
    explanations,
    not_computed,
    parse_problem,
    solve_isolated,
    unknown_keys,
)
from roadwright.optimize import solve as solve_here

TimeLimitOption = Annotated[
    float | None, typer.Option("--time-limit", min=0, help="Seconds for everything; without it there is no limit.")
]
ProgressOption = Annotated[
    bool | None, typer.Option("--progress/--no-progress", help="Show progress on standard error.")
]


class Refused(Stopped):
    """Wrong usage or input, with one line for each fault, whatever the names in it hold."""

    def __str__(self) -> str:
        return "\n".join(" ".join(str(message).splitlines()) for message in self.messages)


def refuse(code: str, /, **params: object) -> NoReturn:
    """End the command as wrong usage or input."""
    raise Refused(ExitCode.WRONG, Message(code, params=params))


def refuse_infinite(options: Mapping[str, float | None]) -> None:
    """End the command where one of the options is no finite number."""
    for name, value in options.items():
        if value is not None and not value < float("inf"):
            refuse("option_not_finite", option=name, value=value)


def read_problem(place: str) -> Problem:
    """The problem in a file (``-``: standard input); ends the command where it is unreadable or invalid."""
    try:
        return parse_problem(load_json(place))
    except Unreadable as error:
        raise Refused(ExitCode.WRONG, error.message) from error
    except InvalidProblem as error:
        faults = ({"place": fault.id, "fault": fault.message} for fault in error.faults)
        raise Refused(ExitCode.WRONG, *(Message("problem_fault", params=fault) for fault in faults)) from error


def check_output(output: Path | None) -> None:
    """Refuse an output file that can't be written before any work is done for it."""
    if output is None:
        return
    if output.is_dir():
        refuse("output_is_folder", file=str(output))
    if not output.parent.is_dir():
        refuse("output_without_folder", file=str(output), folder=str(output.parent))


def write_json(value: dict[str, Any], output: Path | None) -> None:
    """The JSON text to a file, or to standard output in UTF-8."""
    data = (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        refuse("json_unwritable", file=str(output), why=error.strerror or str(error))


def solve(
    problem_file: Annotated[str, typer.Argument(metavar="PROBLEM.json", help="Problem JSON; - reads standard input.")],
    *,
    time_limit: TimeLimitOption = None,
    gap: Annotated[
        float | None,
        typer.Option("--gap", min=0, help="Relative gap that is good enough; 0 unless there are very many candidates."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="KEY,…|all",
            help="Say why these initiatives are in or out and what these rows cost, by solving again for each.",
        ),
    ] = None,
    explain_time: Annotated[
        float, typer.Option("--explain-time", min=0, help="Seconds for all explanations together.")
    ] = 60.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the Solution JSON here instead of standard output.")
    ] = None,
    progress: ProgressOption = None,
) -> None:
    """Exit code 0: solved (optimal, or feasible within a limit), 1: no answer found, or stopped by Ctrl-C (with the
    best answer found by then), 2: the problem is invalid (the faults are on standard error), 3: infeasible (with
    the conflict and the cheapest repair).
    """
    refuse_infinite({"--time-limit": time_limit, "--gap": gap, "--explain-time": explain_time})
    check_output(output)
    problem = read_problem(problem_file)
    keys = _keys_to_explain(problem, explain)
    show = _show if is_shown(progress) else None
    finished = _solved(problem, SolveOptions(time_limit=time_limit, gap=gap), show)
    solution, is_stuck = finished.value, finished.is_stuck
    if keys and solution.objective_value is not None and solution.status is not RunStatus.CANCELLED:
        explained = _explained(problem, solution, keys, explain_time)
        solution, is_stuck = replace(solution, explanations=explained.value), explained.is_stuck
    write_json(solution.to_json(), output)
    _tell(solution)
    code = EXIT_CODE_OF[solution.status]
    if is_stuck:
        end_now(code)
    if code:
        raise typer.Exit(code)


def _solved(
    problem: Problem, options: SolveOptions, show: Callable[[SolveProgress], None] | None
) -> Finished[Solution]:
    """The solution; after Ctrl-C the best one found by then."""
    found = LastFound(problem)

    def hear(progress: SolveProgress) -> None:
        found.hear(progress)
        if show is not None:
            show(progress)

    # Only a process that can be killed keeps a time limit whatever the solver is busy with.
    solve_problem = solve_here if options.time_limit is None else solve_isolated
    return interruptible(lambda stop: solve_problem(problem, options, progress=hear, cancel=stop), found.cancelled)


def _explained(
    problem: Problem, solution: Solution, keys: list[str] | Literal["all"], seconds: float
) -> Finished[list[Explanation]]:
    """The explanations; after Ctrl-C those that were found by then."""
    found: dict[str, Explanation] = {}

    def work(stop: threading.Event) -> list[Explanation]:
        for one in explanations(problem, solution, keys, seconds=seconds, cancel=stop):
            found[one.id] = one
        return list(found.values())

    return interruptible(work, lambda: [found.get(one.id, one) for one in not_computed(problem, solution, keys)])


def _keys_to_explain(problem: Problem, text: str | None) -> list[str] | Literal["all"]:
    """The keys separated by commas, or ``all``; unknown ones end the command."""
    keys = [key.strip() for key in (text or "").split(",") if key.strip()]
    if keys == ["all"]:
        return "all"
    unknown = unknown_keys(problem, keys)
    if unknown:
        refuse("explain_unknown", why=str(UnknownKeys(unknown)))
    return keys


def _tell(solution: Solution) -> None:
    """What a person should know beside the JSON, on standard error."""
    lines = [f"{solution.status}: {solution.message}"] if solution.message else []
    if solution.diagnosis is not None:
        lines += [f"can't be met together: {row.id}: {row.message}" for row in solution.diagnosis.conflict]
        repair = solution.diagnosis.repair
        lines += [f"cheapest way out: {change.message}" for change in (repair.changes if repair else [])]
        lines += [solution.diagnosis.message] if solution.diagnosis.message else []
    for line in lines:
        typer.echo(line, err=True)


def _show(progress: SolveProgress) -> None:
    objective = "-" if progress.objective is None else f"{progress.objective:,.6g}"
    bound = "-" if progress.bound is None else f"{progress.bound:,.6g}"
    gap = "" if progress.gap is None else f" gap {progress.gap:.2%}"
    show_progress(progress.seconds, f"{progress.stage}: {objective} of at most {bound}{gap}")


def is_shown(progress: bool | None) -> bool:
    """Whether progress is shown: as it was asked for, else where somebody can see it."""
    return sys.stderr.isatty() if progress is None else progress


def show_progress(seconds: float, reached: str) -> None:
    """A line on standard error; where that can't be written, the work goes on all the same."""
    with suppress(OSError):
        typer.echo(f"{seconds:8.1f} s  {reached}", err=True)
