"""What must hold for the checkout as a whole: paths, sizes, the lock, the changelog, the decisions."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
MAX_FILE_BYTES = 16_000_000
MACHINE_PATH = re.compile(r"(?:^|[^\w./~$-])/(?:work|tmp|root|home|Users|mnt)/[A-Za-z]|\b[A-Z]:\\\\?Users\\")
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)?((?: --hash=sha256:[0-9a-f]{64})+)")
NO_CHECKOUT = {".git", ".venv", "out", "build", "dist", "mlruns", "mlartifacts", "__pycache__", "shared"}


def project_files() -> list[Path]:
    """Files under version control; in a copy without git, all but what .gitignore names."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = (path for path in ROOT.rglob("*") if NO_CHECKOUT.isdisjoint(path.relative_to(ROOT).parts))
    return sorted(path for path in found if path.is_file())


def machine_paths(path: Path) -> list[str]:
    content = path.read_bytes()
    if b"\0" in content:
        return []
    lines = content.decode("utf-8", errors="replace").splitlines()
    return [f"{path.name}:{number}" for number, line in enumerate(lines, 1) if MACHINE_PATH.search(line)]


def lock_entries(text: str) -> list[str]:
    """One string a requirement: comments gone, continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.sub(r"\s*\\\n\s*", " ", "\n".join(lines)).splitlines()


def lock_faults(text: str) -> list[str]:
    """Entries that name a place, or are not pinned to one version with its SHA-256."""
    places = [line for line in text.splitlines() if "://" in line or line.lstrip().startswith(("-", "file:"))]
    options = [line for line in places if not line.lstrip().startswith("--hash=sha256:")]
    return options + [entry for entry in lock_entries(text) if not PINNED.fullmatch(entry)]


def direct_requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for line in [*project["dependencies"], *(line for extra in extras for line in extra)]]


def locked_versions() -> dict[str, str]:
    entries = lock_entries((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pinned = (PINNED.fullmatch(entry) for entry in entries)
    return {canonicalize_name(match["name"]): match["version"] for match in pinned if match}


def decisions() -> list[Path]:
    return sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert [place for path in project_files() for place in machine_paths(path)] == []


@pytest.mark.parametrize("line", ["cat {}", 'open("{}")', "{}", "see `{}`", "a: {}/b"])
def test_a_machine_path_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("first\n" + line.format("/" + "work/main"), encoding="utf-8")

    assert machine_paths(tmp_path / "notes.md") == ["notes.md:2"]


def test_an_address_or_relative_path_is_no_machine_path(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("https://bao.example/home/tin ../work/a out/tmp/b", encoding="utf-8")

    assert machine_paths(tmp_path / "notes.md") == []


def test_no_file_is_too_big_to_clone() -> None:
    assert [path.name for path in project_files() if path.stat().st_size > MAX_FILE_BYTES] == []


def test_the_lock_pins_hashes_and_names_no_place() -> None:
    assert lock_faults((ROOT / "requirements.lock").read_text(encoding="utf-8")) == []
    assert len(locked_versions()) > len(direct_requirements())


@pytest.mark.parametrize(
    "fault",
    [
        "click==8.1",
        "click>=8.1 \\\n    --hash=sha256:" + "0" * 64,
        "click==8.1 \\\n    --hash=sha256:" + "0" * 63,
        "--index-url https://packages.example/simple",
        "--find-links wheels",
        "click @ file:///wheels/click.whl",
        "-e .",
    ],
)
def test_a_fault_of_the_lock_is_found(fault: str) -> None:
    hashes = [f"    --hash=sha256:{digit * 64}" for digit in "ab"]
    sound = " \\\n".join(["click==8.1", *hashes]) + "\n    # via diembao\n"

    assert lock_faults(sound) == []
    assert lock_faults(sound + fault) != []


@pytest.mark.parametrize("requirement", direct_requirements(), ids=str)
def test_the_lock_fits_what_pyproject_asks_for(requirement: Requirement) -> None:
    version = locked_versions()[canonicalize_name(requirement.name)]

    assert requirement.specifier.contains(version), f"{requirement} but {version} is locked: make lock"


@pytest.mark.parametrize("requirement", direct_requirements(), ids=str)
def test_every_direct_dependency_says_why_it_is_here(requirement: Requirement) -> None:
    table = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")

    assert f"| {requirement.name} |" in table


def test_the_changelog_is_open_for_the_next_change() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert headings[0] == "[Unreleased]"


def test_every_decision_is_listed_and_every_listed_decision_exists() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")

    assert sorted(set(re.findall(r"\]\((\d{4}-[^)]+)\)", index))) == [path.name for path in decisions()]


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_has_a_number_and_says_why_what_and_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    assert text.startswith(f"# {int(path.name[:4])}. ")
    for part in ("Context", "Decision", "Consequence"):
        assert re.search(rf"^(## {part}s?$|\*\*{part}s?\.\*\*)", text, re.MULTILINE), f"says nothing of: {part}"


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in decisions()] == list(range(1, len(decisions()) + 1))
