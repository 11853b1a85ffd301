"""The command line as a whole: help, version, errors, and what it does not import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from serve.cli import main

ROOT = Path(__file__).parents[2]
ENGLISH = ("Usage:", "Options:", "Commands:", "Show this message", "[required]", "[default", "[OPTIONS]", "COMMAND")


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    yield above
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


@pytest.mark.parametrize("words", list(commands(main)), ids=" ".join)
def test_help_is_complete_and_in_vietnamese(words):
    done = CliRunner().invoke(main, [*words, "--help"])

    assert done.exit_code == 0
    assert done.stdout.startswith("Cách dùng: ")
    assert [english for english in ENGLISH if english in done.stdout] == []
    command: click.Command = main
    for word in words:
        command = command.commands[word]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{option.name} has no help"
            assert option.opts[0] in done.stdout


def test_the_version_names_the_package_and_the_model():
    done = CliRunner().invoke(main, ["--version"])

    assert done.exit_code == 0
    assert re.fullmatch(r"diembao \S+, mô hình \S.*\n", done.stdout)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["frobnicate"], "không có lệnh “frobnicate”."),
        (["score", "a.csv", "--owt", "b.csv"], "không có tùy chọn --owt. Có phải là"),
        (["score", "--out", "b.csv"], "thiếu ĐẦU_VÀO."),
        (["score", "a.csv", "--out", "b.csv", "--jobs", "two"], "--jobs: "),
    ],
)
def test_a_usage_error_is_said_in_vietnamese_with_a_way_on(words, message):
    done = CliRunner().invoke(main, words)

    assert done.exit_code == 2
    assert f"Lỗi: {message}" in done.stderr
    assert "--help" in done.stderr


def imported(*words: str) -> set[str]:
    """Top modules that a run has imported."""
    code = "import sys, serve.cli\nserve.cli.main(sys.argv[1:], standalone_mode=False)\n"
    code += "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ
    )
    return set(done.stderr.splitlines()[-1].split())


def test_scoring_imports_no_more_than_it_needs(items, tmp_path, model):
    words = ("score", str(items), "--out", str(tmp_path / "ra.jsonl"), "--model", str(model))

    modules = imported(*words)

    assert {"numba", "orjson"} <= modules
    unneeded = {"sklearn", "mlflow", "pandas", "matplotlib", "underthesea"}
    unneeded |= {"rich", "openpyxl", "pyarrow", "joblib", "docx", "trafilatura", "feedparser", "lxml"}
    assert modules.isdisjoint(unneeded)


def test_help_imports_nothing_heavy():
    code = "import sys, serve.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(done.stdout.split()).isdisjoint({"numpy", "numba", "rich", "orjson", "joblib", "pyarrow"})
