"""What deploy/ starts can be started: files are well formed, and each command is one of this version."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
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
