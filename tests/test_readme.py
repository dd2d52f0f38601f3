"""What the README says is there, in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from clausescan.cli import COMMANDS
from clausescan.cli.scan import scan
from clausescan.report import FORMATS
from clausescan.report.json import schema

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = (ROOT / "README.md").read_text(encoding="utf-8").split("\n# 中文\n")
HALVES = pytest.mark.parametrize("half", [ENGLISH, CHINESE], ids=["en", "zh"])


@HALVES
def test_every_command_option_and_exit_code_is_described(half: str):
    for name in COMMANDS:
        assert f"clausescan {name} " in half, name
    for parameter in scan.params:
        for option in parameter.opts:
            assert not option.startswith("-") or option in half, option
    assert re.findall(r"^\| (\d+) \|", half, re.M) == ["0", "1", "2", "3", "130"]
    assert f"--format {'|'.join(FORMATS)}" in half


def test_every_key_of_the_json_is_named():
    block = ENGLISH.split("## JSON")[1].split("## Python")[0]
    described = schema()
    keys = {*described["properties"], *described["properties"]["document"]["properties"], *described["$defs"]["finding"]["properties"]}
    assert not {key for key in keys if not re.search(rf"\b{key}\b", block)}


@HALVES
def test_paths_in_the_readme_exist(half: str):
    for path in re.findall(r"(?:corpus/samples|clausescan/report/schema)/[\w.-]+\w", half):
        assert (ROOT / path).is_file(), path


@HALVES
def test_python_in_the_readme_runs(half: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", half, re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
        assert "人脸" in capsys.readouterr().out


def test_both_halves_have_the_same_sections():
    assert len(re.findall(r"^#{2,3} ", ENGLISH, re.M)) == len(re.findall(r"^#{2,3} ", CHINESE, re.M))


def test_components_in_the_readme_are_registered():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    used = set(re.findall(r'add_pipe\("(\w+)"\)', ENGLISH))
    assert used == set(project["entry-points"]["spacy_factories"])
    assert project["license"] in ENGLISH
