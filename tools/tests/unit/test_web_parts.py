"""How Node is found, when the web is built anew, and what of it is checked."""

import os
from pathlib import Path

import node
import pytest
from gates import web as gates_web
from stack import web


def _program(directory: Path, name: str, text: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\necho {text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("v20.9.0", True), ("v24.1.0", True), ("v20.8.1", False), ("v18.20.0", False), ("nonsense", False)],
)
def test_the_systems_node_is_taken_from_20_9_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    _program(tmp_path, "node", version)
    _program(tmp_path, "npm", "11")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (node.node() == str(tmp_path / "node")) is is_taken
    assert (node.npm_command() == [str(tmp_path / "npm")]) is is_taken


def test_without_npm_or_node_the_wheels_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "node", "v24.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(node.node()).is_relative_to(node.STORE)
    assert [Path(word).name for word in node.npm_command()] == ["node", "npm-cli.js"]
    assert node.environment()["PATH"].split(os.pathsep)[0] == str(Path(node.node()).parent)


def test_the_build_depends_on_the_sources_and_not_on_the_generated_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "ROOT", tmp_path)
    source = tmp_path / "billing-frontend" / "src" / "page.tsx"
    source.parent.mkdir(parents=True)
    source.write_text("one")
    first = web.fingerprint()
    (source.parent / "billing-api.ts").write_text("types")
    assert web.fingerprint() == first
    source.write_text("two")
    assert web.fingerprint() != first


def test_every_kind_of_web_check_is_part_of_the_gates() -> None:
    assert {job.name for job in gates_web.checks()} == {"web-types-and-build", "web-lint"}
    assert [job.name for job in gates_web.suites("unit")] == ["web-unit"]
    assert [(job.name, job.alone) for job in gates_web.suites("faults")] == [("web-stories", True)]
    assert gates_web.suites("integration") == []
