"""The architecture, proven over the code: imports go one way, and nlp/ stays pure.

A rule is a row of RULES. To allow something new, change the row and write the decision down in docs/decisions/.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Rule:
    """Files under `folder`, but not those under `apart_from`, use none of `imports` and none of `names`.

    `imports` are dotted modules, each with all below it; `names` are last parts of a name: "now" is any `x.now`.
    """

    what: str
    folder: str
    imports: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()


TRAINING = ("mlflow", "sklearn", "pandas", "matplotlib", "underthesea", "cleanlab")
WEB = ("fastapi", "starlette", "uvicorn", "httptools", "flask", "pydantic", "prometheus_client")
TERMINAL = ("click", "rich", "joblib")
NETWORK = ("requests", "httpx", "aiohttp", "socket", "http", "urllib.request", "ftplib", "smtplib")
PROCESSES = ("subprocess", "multiprocessing", "threading", "sqlite3", "os", "shutil", "tempfile")
CHANCE = ("time", "random", "secrets", "uuid", "numpy.random")
FILE_NAMES = ("open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "load", "save")
CHANGING_NAMES = ("now", "utcnow", "today", "random", "default_rng")
STAGES = ("nlp.clean", "nlp.features", "nlp.score", "nlp.router", "nlp.evidence", "nlp.policy", "nlp.pipeline")

RULES = (
    Rule("the library knows nothing of those who train and run it", "nlp", ("models", "serve", "benchmarks", "tests")),
    Rule("scoring needs no training library", "nlp", TRAINING, apart_from=("nlp/vectorizer.py",)),
    Rule("even the scikit-learn face needs no more than scikit-learn", "nlp/vectorizer.py", ("mlflow", "pandas")),
    Rule("the library knows no web, no terminal, no network", "nlp", WEB + TERMINAL + NETWORK),
    Rule("the same article gives the same decision: no clock, no chance", "nlp", CHANCE, CHANGING_NAMES),
    Rule("only reading opens files", "nlp", PROCESSES, FILE_NAMES, apart_from=("nlp/reading",)),
    Rule("reading ends at the article", "nlp/reading", STAGES),
    Rule("repair of text knows no stage that uses it", "nlp/vietnamese", ("nlp.reading", "nlp.heads", *STAGES)),
    Rule("features know no head and no score", "nlp/features.py", ("nlp.heads", *STAGES[2:])),
    Rule("training knows nothing of what runs", "models", ("serve", "benchmarks", "tests", *WEB)),
    Rule("two modules know MLflow", "models", ("mlflow",), apart_from=("models/tracking.py", "models/registry.py")),
    Rule("what runs asks models/ and tracks nothing itself", "serve", TRAINING),
    Rule("all SQL in one place", "serve", ("sqlite3",), apart_from=("serve/store/database.py",)),
    Rule("what ships does not lean on tests or benchmarks", "serve", ("tests", "benchmarks")),
)


def python_files(folder: Path) -> list[Path]:
    return [folder] if folder.suffix == ".py" else sorted(folder.rglob("*.py"))


def used(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every module that `tree`, a module of `package`, imports, types only included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and last_name(node.func) in ("import_module", "__import__"):
            yield from ((node.lineno, str(arg.value)) for arg in node.args if isinstance(arg, ast.Constant))


def last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imports_of(module: str, forbidden: str) -> bool:
    return module == forbidden or module.startswith(forbidden + ".")


def breaches(rule: Rule, root: Path) -> list[str]:
    """Where files under `root` break `rule`: path, line and what they used."""
    found = set()
    for path in python_files(root / rule.folder):
        shown = path.relative_to(root).as_posix()
        if any(shown == apart or shown.startswith(f"{apart}/") for apart in rule.apart_from):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        package = ".".join(path.relative_to(root).parent.parts)
        for line, module in used(tree, package):
            if any(imports_of(module, forbidden) for forbidden in rule.imports):
                found.add((shown, line, module))
        for node in ast.walk(tree):
            if last_name(node) in rule.names:
                found.add((shown, getattr(node, "lineno", 0), last_name(node)))
    return [f"{path}:{line}: {what}" for path, line, what in sorted(found)]


def written(root: Path, path: str, source: str) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source, encoding="utf-8")
    return root


def inside(rule: Rule) -> str:
    return rule.folder if rule.folder.endswith(".py") else f"{rule.folder}/deep/module.py"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.what)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    assert breaches(rule, ROOT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.what)
def test_the_rule_guards_files_that_exist(rule: Rule) -> None:
    assert python_files(ROOT / rule.folder)
    assert all((ROOT / apart).exists() for apart in (rule.folder, *rule.apart_from))


@pytest.mark.parametrize(("rule", "module"), [(rule, module) for rule in RULES for module in rule.imports])
def test_a_forbidden_import_is_found_in_every_form(rule: Rule, module: str, tmp_path: Path) -> None:
    parent, _, child = module.rpartition(".")
    forms = [
        f"import {module}",
        f"import {module}.below as other",
        f"from {module} import thing",
        f"def late():\n    import {module}",
        f"if TYPE_CHECKING:\n    from {module}.below import Thing",
        f"import_module('{module}')",
        *([f"from {parent} import {child}"] if parent else []),
    ]
    for number, source in enumerate(forms):
        root = written(tmp_path / str(number), inside(rule), source)
        assert breaches(rule, root), source


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule in RULES for name in rule.names])
def test_a_forbidden_name_is_found_called_and_handed_on(rule: Rule, name: str, tmp_path: Path) -> None:
    for number, source in enumerate((f"{name}()", f"thing.{name}()", f"later = thing.{name}")):
        root = written(tmp_path / str(number), inside(rule), source)
        assert breaches(rule, root), source


def test_a_relative_import_is_resolved(tmp_path: Path) -> None:
    rule = Rule("reading ends at the article", "nlp/reading", ("nlp.score",))
    root = written(tmp_path, "nlp/reading/deep/module.py", "from ... import score\nfrom ...score import Model")

    assert [breach.rpartition(": ")[0] for breach in breaches(rule, root)] == [
        "nlp/reading/deep/module.py:1",
        *["nlp/reading/deep/module.py:2"] * 2,
    ]


def test_a_file_set_apart_may_do_what_others_may_not(tmp_path: Path) -> None:
    rule = Rule("no sklearn", "nlp", ("sklearn",), apart_from=("nlp/vectorizer.py",))
    written(tmp_path, "nlp/vectorizer.py", "import sklearn.base")
    written(tmp_path, "nlp/vectorizer_more.py", "import sklearn.base")

    assert breaches(rule, tmp_path) == ["nlp/vectorizer_more.py:1: sklearn.base"]


def test_a_name_that_only_begins_alike_is_no_breach(tmp_path: Path) -> None:
    rule = Rule("no models, no open", "nlp", ("models",), ("open",))
    written(tmp_path, "nlp/module.py", "import models_of_other\nopened = thing.opened()\n# open models\n'open'")

    assert breaches(rule, tmp_path) == []


def test_datasets_hold_files_and_no_python() -> None:
    assert python_files(ROOT / "datasets") == []


def test_the_command_line_starts_without_training_and_web_libraries() -> None:
    code = "import sys, serve.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"

    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(answer.stdout.split()).isdisjoint({*TRAINING, *WEB})
