"""The office's file outlives versions of diembao."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from serve.store import Choice, Correction, Store, StoreError
from serve.store.database import FIRST, VERSION


def correction(number: int) -> Correction:
    return Correction(str(number), "a", b"", b"{}", "r1", b"{}", "vì", "chị Lan", "khoa", "2025-04-02T09:30:00+07:00")


def test_a_file_of_the_first_version_keeps_its_corrections_and_takes_choices(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    before = sqlite3.connect(path)
    before.executescript(f"{FIRST}PRAGMA user_version=1;")
    before.execute(
        "INSERT INTO corrections VALUES ('1','a',x'',x'7b7d','r1',x'7b7d','vì','chị Lan','khoa','lúc','',x'')"
    )
    before.commit()
    before.close()

    store = Store(path)
    store.add_choice(Choice("c", "1", ("2", "3"), "đúng", "chị Hoa", "lúc"))

    assert [one.id for one in store.corrections()] == ["1"]
    assert Store(path).choices() == [Choice("c", "1", ("2", "3"), "đúng", "chị Hoa", "lúc")]


def test_a_new_file_keeps_corrections_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    store = Store(tmp_path / "d.db")
    for number in (2, 1):
        store.add_correction(correction(number))

    assert list(Store(tmp_path / "d.db").corrections()) == [correction(2), correction(1)]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={VERSION + 1}")

    with pytest.raises(StoreError, match="phiên bản diembao khác"):
        Store(path)
