"""The documents tell the truth: commands, options, links, the record and the make targets they show exist."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import jsonschema
import pytest

from serve.cli import main

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "nlp/record.schema.json").read_text(encoding="utf-8"))
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
IN_LINE = re.compile(r"`((?:diembao|make) [^`]+)`")
SHELL = ("bash", "sh", "console")


@dataclass(frozen=True)
class Shown:
    """A command as a document shows it."""

    document: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {' '.join(self.words)}"


def shell_lines(text: str) -> Iterator[str]:
    """Lines of the shell fences of a document, continued lines joined, and commands quoted in its sentences."""
    for fence in FENCE.finditer(text):
        if fence["language"] in SHELL:
            yield from re.sub(r"\\\n\s*", " ", fence["code"]).splitlines()
    yield from IN_LINE.findall(FENCE.sub("", text))


def commands_in(text: str, program: str) -> Iterator[tuple[str, ...]]:
    """The words after `program` wherever a shell line calls it, also behind a pipe."""
    for line in shell_lines(text):
        lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars="|;&<>")
        lexer.whitespace_split = True
        words = list(lexer)
        starts = [number for number, word in enumerate(words) if Path(word).name == program and leads(words, number)]
        for start in starts:
            ends = [number for number in range(start, len(words)) if set(words[number]) <= set("|;&<>")]
            yield tuple(words[start + 1 : min(ends, default=len(words))])


def leads(words: list[str], number: int) -> bool:
    """Whether the word at `number` is the program of its command, not an argument."""
    return number == 0 or set(words[number - 1]) <= set("|;&") or "=" in words[number - 1]


def shown(program: str) -> list[Shown]:
    texts = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in DOCUMENTS]
    return [Shown(name, words) for name, text in texts for words in dict.fromkeys(commands_in(text, program))]


def fault(words: tuple[str, ...], command: click.Command) -> str:
    """What `command` does not know among `words`, or nothing. Values are not looked at."""
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    known = {"--help"}.union(*(parameter.opts + parameter.secondary_opts for parameter in command.params))
    unknown = [word for word in rest if re.match(r"--?[A-Za-z]", word) and word.split("=")[0] not in known]
    return f"no option {unknown[0].split('=')[0]}" if unknown else ""


def visible_commands(group: click.Group, *, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from visible_commands(command, above=f"{above}{name} ")
        else:
            yield f"{above}{name}"


@pytest.mark.parametrize("command", shown("diembao"), ids=str)
def test_a_command_that_a_document_shows_exists_with_its_options(command: Shown) -> None:
    assert fault(command.words, main) == ""


@pytest.mark.parametrize("command", shown("make"), ids=str)
def test_a_make_target_that_a_document_shows_exists(command: Shown) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {word for word in command.words if "=" not in word} <= targets


@pytest.mark.parametrize("name", list(visible_commands(main)))
def test_the_readme_shows_every_command(name: str) -> None:
    words = tuple(name.split())

    assert any(command.words[: len(words)] == words for command in shown("diembao") if command.document == "README.md")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("diembao frobnicate a.csv", "no command frobnicate"),
        ("cat a.csv | diembao score - --frobnicate", "no option --frobnicate"),
        (".venv/bin/diembao score a.csv \\\n  --frobnicate=2", "no option --frobnicate"),
        ("diembao score a.csv --out b.jsonl | other --frobnicate", ""),
        ("diembao --help", ""),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, wrong: str) -> None:
    (words,) = commands_in(f"# Title\n```bash\n{line}\n```\n", "diembao")

    assert fault(words, main) == wrong


def test_a_command_within_a_sentence_is_found() -> None:
    assert list(commands_in("Run `diembao score a.csv`, or `diembao`.", "diembao")) == [("score", "a.csv")]


def test_the_record_in_the_readme_is_a_valid_record() -> None:
    records = [json.loads(fence["code"]) for fence in FENCE.finditer(README) if fence["language"] == "json"]

    assert records
    for record in records:
        jsonschema.validate(record, SCHEMA)


@pytest.mark.parametrize("field", SCHEMA["properties"])
def test_the_readme_explains_every_field_of_the_record(field: str) -> None:
    assert re.search(rf"^\| `{field}` \| .{{10,}}", README, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_links_of_a_document_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))

    assert [target for target in targets if not (path.parent / target).exists()] == []
