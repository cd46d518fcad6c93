"""What deploy/ starts can be started: files are well formed, and each command is one of this version."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

from roadwright.cli.main import LazyCommand, app
from roadwright.workspace.server_settings import CLIENT_SECRET, VARIABLES
from roadwright.workspace.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def parses(arguments: list[str]) -> None:
    """Read a command line of ours without doing it; raises where it is none."""
    command: Any = get_command(app)
    context = command.make_context("roadwright", list(arguments))
    while hasattr(command, "resolve_command"):
        rest = [*getattr(context, "_protected_args", []), *context.args]
        name, command, rest = command.resolve_command(context, rest)
        command = command.load() if isinstance(command, LazyCommand) else command
        context = command.make_context(name, rest, parent=context)


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def commands() -> list[list[str]]:
    """Every command of ours in the files."""
    found = [service["command"] for service in compose()["services"].values() if "command" in service]
    last = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert last
    found.append(json.loads(last[1]))
    for path in UNITS:
        if path.suffix == ".service":
            program, *arguments = shlex.split(unit(path)["Service"]["ExecStart"])
            assert program == "/opt/roadwright/bin/roadwright"
            found.append(arguments)
    for page in ("deployment", "server"):
        text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
        for line in re.findall(r"^    (?:\$ )?roadwright (.*)$", text, re.MULTILINE):
            arguments = shlex.split(line, comments=True)
            if "|" not in arguments and not {"…", "..."} & set(arguments):
                found.append(arguments)
    return found


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_commands_are_those_of_this_version(arguments: list[str]) -> None:
    parses(arguments)


def test_a_wrong_command_would_be_noticed() -> None:
    for wrong in (["serve", "--prot", "1"], ["wroker"], ["users", "ad", "x"]):
        with pytest.raises(Exception, match=r"No such|no such|command"):
            parses(wrong)


def test_compose_names_what_there_is() -> None:
    found = compose()
    services, volumes = found["services"], found["volumes"]
    assert {"database", "server", "worker-1", "worker-2"} <= services.keys()
    for name, service in services.items():
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in volumes, name
        for needed in service.get("depends_on", {}):
            assert needed in services, name
        build = service.get("build")
        assert build is None or (DEPLOY / build["context"] / build["dockerfile"]).exists()
    assert services["server"]["ports"] == ["127.0.0.1:8765:8765"], "only the proxy reaches it"


def test_variables_are_ones_that_are_read() -> None:
    known = {*VARIABLES, CLIENT_SECRET, *(f"ROADWRIGHT_{key.upper()}" for key in Settings.model_fields)}
    texts = [path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()]
    named = set(re.findall(r"ROADWRIGHT_[A-Z_]+", "\n".join(texts)))
    assert named <= known
    assert set(VARIABLES) | {CLIENT_SECRET} <= set(
        re.findall(r"ROADWRIGHT_[A-Z_]+", (DEPLOY / "example.env").read_text(encoding="utf-8"))
    )
    assert all(
        "/etc/roadwright/environment" in unit(p)["Service"]["EnvironmentFile"] for p in UNITS if p.suffix == ".service"
    )


def test_the_image_copies_what_there_is() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name
    [script] = re.findall(r'"-c", "(.*)"\]', text)
    compile(script, "healthcheck", "exec")


def locked(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """By name of a package what a lock says of it: its version, and the hashes of its files."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for line in filter(None, text.splitlines()):
        said = re.fullmatch(r"(\S+?)(?:\[.*?\])?==(\S+)(?: *; [^-]*?)?((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
        assert said, line
        found[canonicalize_name(said[1])] = said[2], frozenset(said[3].split())
    return found


def needed(requirements: list[str], extra: str = "") -> set[str]:
    """The packages that these requirements need here, with all that those need."""
    found: set[str] = set()
    waiting = [(Requirement(one), extra) for one in requirements]
    while waiting:
        one, of = waiting.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": of}):
            continue
        name = canonicalize_name(one.name)
        new = {"", *one.extras} if name not in found else one.extras
        found.add(name)
        waiting += [(Requirement(more), one_extra) for more in metadata.requires(name) or () for one_extra in new]
    return found


def test_what_the_image_is_made_of_is_locked_in_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    whole, runs, builds = (locked(f"requirements{one}.lock") for one in ("", "-runtime", "-build"))
    for part in (runs, builds):
        assert part.items() <= whole.items()
    at_run_time = needed(project["project"]["dependencies"])
    assert at_run_time <= runs.keys()
    for_developers = needed(project["project"]["optional-dependencies"]["dev"]) - at_run_time
    assert {"pytest", "playwright", "mypy"} <= for_developers
    assert not for_developers & runs.keys()
    assert needed(project["build-system"]["requires"]) <= builds.keys()

    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    installs = re.findall(r"(/opt/\w+)/bin/pip install (.*?)(?: \\| *$)", text, re.MULTILINE)
    assert [(place, options.split()[-1]) for place, options in installs] == [
        ("/opt/roadwright", "requirements-runtime.lock"),
        ("/opt/build", "requirements-build.lock"),
        ("/opt/roadwright", "/dist/*.whl"),
    ]
    assert all("--require-hashes" in options or "--no-deps" in options for _, options in installs)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_units_are_well_formed(tmp_path: Path) -> None:
    program = tmp_path / "roadwright"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/roadwright/bin/roadwright", str(program))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / path.name.replace("@", "@1")) for path in UNITS]
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--generators=no", *files],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        timeout=60,
    )
    mine = [line for line in told.stderr.splitlines() if "roadwright" in line]
    assert not mine, told.stderr
