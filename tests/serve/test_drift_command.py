"""`diembao drift`: what it says, what it refuses, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.drift import Alarm, Cell
from models.drift.signals import SIGNALS, SILENCE
from nlp.types import VIETNAM
from serve.cli import main
from serve.drift import words
from serve.drift.inputs import days_off
from serve.store import Correction, Store

NOW = datetime(2025, 9, 1, 8, 0, tzinfo=VIETNAM)
YESTERDAY = NOW.date() - timedelta(days=1)
DAYS = 90
FIRST = YESTERDAY - timedelta(days=DAYS - 1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.commands.drift.now_in_vietnam", lambda: NOW)


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Result]:
    def run(*words: object) -> Result:
        return CliRunner().invoke(main, ["drift", *map(str, words)], env={"XDG_DATA_HOME": str(tmp_path / "none")})

    return run


def day_of(place: int, *, source: str = "Báo A", articles: int = 40, faulty: int = 0) -> list[Cell]:
    day = FIRST + timedelta(days=place)
    sums = {"articles": articles, "topic:ngoai-pham-vi": articles, "needs_human": 4, "urgent": 0, "faulty": faulty}
    return [Cell(day, source, "m1", name, float(amount)) for name, amount in sums.items()]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Steady traffic of two sources."""
    path = tmp_path / "d.db"
    Store(path).add_served(
        [cell for place in range(DAYS) for source in ("Báo A", "Báo B") for cell in day_of(place, source=source)]
    )
    return path


def record(place: int, number: int, *, topic: str = "dien-luc", lead: str | None = "DTDL") -> dict:
    return {
        "id": f"{place}-{number}", "as_of": (FIRST + timedelta(days=place)).isoformat(), "model": "m1",
        "topic": {"code": topic, "p": 0.9}, "urgency": {"level": 1}, "needs_human": number == 0, "repairs": [],
        "lead_unit": {"code": lead} if lead else None,
    }  # fmt: skip


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return write(tmp_path / "r.jsonl", [record(place, number) for place in range(DAYS) for number in range(10)])


def test_steady_traffic_ends_with_0_and_says_so(ask: Callable[..., Result], database: Path) -> None:
    result = ask("--database", database)

    assert result.exit_code == 0, result.output
    assert "Không có gì bất thường" in result.output
    assert "7.200 bài từ 03/06/2025 đến hết 31/08/2025, mô hình m1" in result.output


def test_a_silent_source_ends_with_1_and_is_named_with_what_to_do(ask: Callable[..., Result], tmp_path: Path) -> None:
    store = Store(tmp_path / "d.db")
    for place in range(DAYS):
        store.add_served(day_of(place) + (day_of(place, source="Báo B") if place < 88 else []))

    result = ask("--database", tmp_path / "d.db")

    assert result.exit_code == 1
    for piece in ("Đang báo động: 1", "Báo B: im lặng", "30/08/2025", "40 bài/ngày", "0 bài/ngày", "Kiểm tra kết nối"):
        assert piece in result.output


def test_json_says_the_same_for_tools(ask: Callable[..., Result], tmp_path: Path) -> None:
    store = Store(tmp_path / "d.db")
    for place in range(DAYS):
        store.add_served(day_of(place, faulty=20 if place >= 85 else 0))

    result = ask("--database", tmp_path / "d.db", "--json")

    found = json.loads(result.output)
    (alarm,) = found["alarms"]
    assert result.exit_code == 1
    assert (alarm["signal"], alarm["source"], alarm["since"], alarm["is_on"]) == ("faulty", "Báo A", "2025-08-27", True)
    assert alarm["text"].startswith(
        "Báo A: tỷ lệ bài lỗi phông hoặc mất dấu: từ 27/08/2025 là 50,0 %, bình thường 0,0 %."
    )
    assert (found["first"], found["last"], found["model"]) == ("2025-06-03", "2025-08-31", "m1")


def test_since_takes_a_change_for_the_new_usual(ask: Callable[..., Result], tmp_path: Path) -> None:
    store = Store(tmp_path / "d.db")
    for place in range(DAYS):
        store.add_served(day_of(place, faulty=20 if place >= 60 else 0))

    assert ask("--database", tmp_path / "d.db").exit_code == 1
    again = ask("--database", tmp_path / "d.db", "--since", FIRST + timedelta(days=60))
    assert again.exit_code == 0
    assert "Chưa đủ ngày để so" in again.output


def test_today_is_not_judged_because_it_is_not_over(ask: Callable[..., Result], database: Path) -> None:
    Store(database).add_served([cell._replace(day=NOW.date()) for cell in day_of(0, faulty=40)])

    assert "đến hết 31/08/2025" in ask("--database", database).output


def test_corrections_are_counted_by_week_and_not_called_errors(ask: Callable[..., Result], database: Path) -> None:
    Store(database).add_correction(
        Correction("c1", "a", b"", b"{}", "m1", b"{}", "sai", "", "k", "2025-08-26T23:30:00+07:00")
    )

    output = ask("--database", database).output

    assert "không phải tỷ lệ sai" in output
    assert "1,8" in output, "one of 560"


def test_a_database_that_is_not_there_is_an_error_and_is_not_made(ask: Callable[..., Result], tmp_path: Path) -> None:
    result = ask("--database", tmp_path / "none.db")

    assert result.exit_code == 2
    assert "chưa có cơ sở dữ liệu" in result.output
    assert not (tmp_path / "none.db").exists()


def test_a_watch_over_nothing_is_an_error(ask: Callable[..., Result], tmp_path: Path) -> None:
    Store(tmp_path / "d.db")

    result = ask("--database", tmp_path / "d.db")

    assert result.exit_code == 2
    assert "chưa có bài nào được đếm" in result.output


def test_records_are_judged_up_to_their_last_day(ask: Callable[..., Result], records: Path) -> None:
    result = ask(records)

    assert result.exit_code == 0, result.output
    assert "900 bài từ 03/06/2025 đến hết 31/08/2025" in result.output


def test_accuracy_comes_from_labels_drawn_by_chance_alone(
    ask: Callable[..., Result], records: Path, tmp_path: Path
) -> None:
    right = {"topic": "dien-luc", "lead": "DTDL", "stratum": "random", "chance": 0.01}
    labels = write(
        tmp_path / "nhan.jsonl",
        [
            {**right, "id": "89-1"},
            {**right, "id": "89-2", "lead": "EVN"},
            {**right, "id": "89-3", "topic": "ngoai-pham-vi", "lead": ""},
            {**right, "id": "89-4", "topic": "xang-dau", "stratum": "uncertain"},
            {**right, "id": "khong-co"},
        ],
    )

    result = ask(records, "--labels", labels, "--json")

    (week,) = json.loads(result.output)["accuracy"]
    assert (week["monday"], week["checked"]) == ("2025-08-25", 3)
    assert (week["topic"]["value"], week["lead_unit"]["value"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    shown = ask(records, "--labels", labels).output
    assert "1 nhãn không rút ngẫu nhiên, 1 nhãn không có bản ghi" in shown
    assert "66,7 %" in shown


@pytest.mark.parametrize("line", ['{"id": "a"}', "[1]", '{"as_of": "hôm qua"}', "{"])
def test_a_line_that_is_no_record_is_named(ask: Callable[..., Result], records: Path, line: str) -> None:
    with records.open("a", encoding="utf-8") as file:
        file.write(line + "\n")

    result = ask(records)

    assert result.exit_code == 2
    assert f"r.jsonl:{10 * DAYS + 1}: không phải" in result.output


@pytest.mark.parametrize(
    "label",
    [
        {"id": "1-1", "stratum": "random"},
        {"id": "1-1", "stratum": "random", "topic": "x", "lead": "", "chance": 0},
        [1],
    ],
)
def test_a_line_that_is_no_label_is_named(
    ask: Callable[..., Result], records: Path, tmp_path: Path, label: object
) -> None:
    labels = write(tmp_path / "nhan.jsonl", [label])

    result = ask(records, "--labels", labels)

    assert result.exit_code == 2
    assert "nhan.jsonl:1: không phải nhãn" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--labels", "{records}"], "--labels: cần nêu cả tệp bản ghi"),
        (["{records}", "--database", "a.db"], "chỉ dùng một"),
        (["--until", "2025-09-01"], "ngày 01/09/2025 chưa hết"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    ask: Callable[..., Result], records: Path, words: list[str], said: str
) -> None:
    result = ask(*(word.format(records=records) for word in words))

    assert result.exit_code == 2
    assert said in result.output


def test_tet_and_weekends_are_days_off() -> None:
    off = days_off(date(2025, 1, 20), date(2025, 2, 10))

    assert {date(2025, 1, day) for day in range(25, 32)} <= off
    assert date(2025, 2, 3) not in off


@pytest.mark.parametrize("signal", [*SIGNALS, SILENCE], ids=lambda signal: signal.name)
@pytest.mark.parametrize("now", [0.1, 0.9])
def test_every_alarm_has_words_and_something_to_do(signal: object, now: float) -> None:
    if signal is SILENCE and now > 0.5:
        return
    name = signal.name  # type: ignore[attr-defined]
    alarm = Alarm(signal=name, source=None, since=FIRST, called=FIRST, until=FIRST, is_on=True, usual=0.5, now=now)

    said = words.sentence(alarm)

    assert words.advice(alarm)
    assert words.advice(alarm) in said
    assert "03/06/2025" in said
