"""Sums of served articles in the store: they add up, all of a batch or none, beside what older versions kept."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from models.drift import Cell
from serve.store import Key, Store, StoreError
from serve.store.database import FIRST

DAY = date(2025, 4, 2)
ONE = Cell(DAY, "Báo A", "m", "articles", 2.0)


def test_sums_of_one_name_add_up_and_others_stay_apart(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    other = ONE._replace(source="Báo B")

    store.add_served([ONE, other])
    store.add_served([ONE])

    assert sorted(store.served()) == [ONE._replace(amount=4.0), other]


def test_only_days_asked_for_are_given(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.add_served([ONE, ONE._replace(day=date(2025, 4, 3))])

    assert [cell.day for cell in store.served(since=date(2025, 4, 3))] == [date(2025, 4, 3)]


def test_a_batch_with_a_fault_is_not_kept_in_part(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")

    with pytest.raises(StoreError, match="không ghi được"):
        store.add_served([ONE, ONE._replace(amount="nhiều")])  # type: ignore[arg-type]

    assert store.served() == []


def test_a_file_of_the_first_version_is_taken_over_with_all_it_holds(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "a.db")
    old.executescript(FIRST)
    old.execute("INSERT INTO keys VALUES ('k', 'cũ', 'route', x'00', '2025-01-01', '')")
    old.execute("PRAGMA user_version=1")
    old.commit()

    store = Store(tmp_path / "a.db")
    store.add_served([ONE])

    assert store.all_keys() == [Key("k", "cũ", ("route",), b"\0", "2025-01-01")]
    assert Store(tmp_path / "a.db").served() == [ONE]


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    Store(tmp_path / "a.db").close()
    sqlite3.connect(tmp_path / "a.db").execute("PRAGMA user_version=99")

    with pytest.raises(StoreError, match="phiên bản diembao khác"):
        Store(tmp_path / "a.db")
