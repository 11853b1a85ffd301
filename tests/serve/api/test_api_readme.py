"""The README's examples of the API run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from api_helpers import Server

from serve.settings import Settings

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
EXAMPLES = [fence for fence in FENCES if "curl" in fence]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="curl and bash are not here")
def test_every_curl_example_is_answered(guarded_server: Server) -> None:
    create = re.findall(r"^(diembao keys create.*?)(?: +#.*)?$", "".join(FENCES), re.MULTILINE)[0]
    script = "\n".join([f"KEY=$({create})", *EXAMPLES]).replace("http://127.0.0.1:8600", guarded_server.url)
    assert len(EXAMPLES) == 2
    called = f'diembao() {{ "{sys.executable}" -m serve.cli "$@"; }}\nset -euo pipefail\n{script}'
    environment = {**os.environ, "DIEMBAO_DATABASE": str(guarded_server.database)}

    done = subprocess.run(
        ["bash", "-c", called], env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for answer in ('"id":"vd-1"', '{"results":[{"record":', '"pointer":"#/articles/1/title"', '"as_of":"2018-11-11"',
                   '"article_id":"vd-1"', '"topics":[', '"units_counted"', '"version":"tiny-1"', '"status":"ready"',
                   "diembao_corrections_total 1.0"):  # fmt: skip
        assert answer in done.stdout, answer


def test_every_python_example_runs(
    guarded_server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(examples) == 3
    monkeypatch.setenv("DIEMBAO_KEY", guarded_server.make_key("route", "correct"))

    for example in examples:
        exec(example.replace("http://127.0.0.1:8600", guarded_server.url), {})  # noqa: S102 — the README is ours

    said = capsys.readouterr().out
    for answer in ("vd-2", "api#1", "api#2", "tin-7", "tiny-1", "#: không có tiêu đề và nội dung"):
        assert answer in said, answer


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_the_readme_explains_every_setting(setting: str) -> None:
    assert re.search(rf"^\| .*`DIEMBAO_{setting.upper()}`.* \| .+ \| .{{10,}} \|$", README, re.MULTILINE)
