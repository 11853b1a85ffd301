"""All SQL of diembao. One method is one transaction; what has returned is on disk.

WAL lets `diembao keys` write beside a running server; synchronous=FULL keeps what was acknowledged through kill -9 and,
as far as the disk is honest, through a power cut.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from nlp.errors import DiembaoError
from serve.store.values import Choice, Correction, Key

if TYPE_CHECKING:  # keys and corrections need no numpy
    from models.drift.traffic import Cell

FIRST = """
CREATE TABLE keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, digest BLOB NOT NULL, created_at TEXT NOT NULL,
  revoked_at TEXT NOT NULL
) STRICT;
CREATE TABLE corrections (
  id TEXT PRIMARY KEY, article_id TEXT NOT NULL, article BLOB NOT NULL, prediction BLOB NOT NULL, model TEXT NOT NULL,
  decided BLOB NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, key_id TEXT NOT NULL, created_at TEXT NOT NULL,
  idempotency_key TEXT NOT NULL, request_digest BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_of_a_kind ON corrections (key_id, idempotency_key) WHERE idempotency_key <> '';
"""
CHOICES = """
CREATE TABLE choices (
  id TEXT PRIMARY KEY, correction_id TEXT NOT NULL, overruled TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
"""
SERVED = """
CREATE TABLE served (
  day TEXT NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL, name TEXT NOT NULL, amount REAL NOT NULL,
  PRIMARY KEY (day, source, model, name)
) STRICT, WITHOUT ROWID;
"""
STEPS = (FIRST, CHOICES, SERVED)
"""What each version of the file adds to the one before. A step that was released never changes."""
VERSION = len(STEPS)
BUSY_SECONDS = 10.0
COLUMNS = ", ".join(field.name for field in fields(Correction))


class StoreError(DiembaoError):
    """The database cannot be opened or is of another version of diembao. Fact: `path`."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}")


class Store:
    """One connection to one file; may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, made with its tables where it is missing. Raises StoreError."""
        self.path = path
        self._lock = RLock()
        try:
            _make_private(path)
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._make_tables()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(path, f"không mở được cơ sở dữ liệu: {error}") from error

    def _make_tables(self) -> None:
        with self._writing():
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            for step in STEPS[version:]:
                for statement in step.strip().split(";\n"):
                    self._db.execute(statement)
            if version < VERSION:
                self._db.execute(f"PRAGMA user_version={VERSION}")
        if version > VERSION:
            raise StoreError(self.path, f"là của một phiên bản diembao khác (dạng {version}, cần {VERSION})")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that holds the right to write from its first statement on."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add_key(self, key: Key) -> None:
        """Keep a new key."""
        with self._writing():
            self._db.execute(
                "INSERT INTO keys (id, name, scopes, digest, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?)",
                (key.id, key.name, " ".join(key.scopes), key.digest, key.created_at, key.revoked_at),
            )

    def revoke_key(self, key_id: str, *, at: str) -> bool:
        """Put a key out of force; whether there was one in force."""
        with self._writing():
            done = self._db.execute("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at = ''", (at, key_id))
        return done.rowcount == 1

    def all_keys(self) -> list[Key]:
        """All keys, the oldest first, those revoked too."""
        rows = self._db.execute(
            "SELECT id, name, scopes, digest, created_at, revoked_at FROM keys ORDER BY created_at, id"
        )
        return [Key(id_, name, tuple(scopes.split()), *rest) for id_, name, scopes, *rest in rows.fetchall()]

    def data_version(self) -> int:
        """A number that changes when another connection has written; asking for it costs microseconds."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        return int(version)

    def add_correction(self, correction: Correction) -> Correction:
        """Keep a correction; where its idempotency key was used before, keep nothing and give that earlier one.

        Raises StoreError where the disk does not take it; then nothing was kept.
        """
        try:
            return self._add_correction(correction)
        except sqlite3.Error as error:
            raise StoreError(self.path, f"không ghi được: {error}") from error

    def _add_correction(self, correction: Correction) -> Correction:
        with self._writing():
            if before := self.repeated(correction.key_id, correction.idempotency_key):
                return before
            marks = ", ".join("?" * len(fields(Correction)))
            self._db.execute(f"INSERT INTO corrections ({COLUMNS}) VALUES ({marks})", astuple(correction))  # noqa: S608
        return correction

    def repeated(self, key_id: str, idempotency_key: str) -> Correction | None:
        """The correction that a key has sent under an idempotency key, if any; only one that is on disk."""
        with self._lock:  # another thread's transaction on this connection must not be seen half done
            row = self._db.execute(
                f"SELECT {COLUMNS} FROM corrections WHERE key_id = ? AND idempotency_key = ? AND idempotency_key <> ''",  # noqa: S608
                (key_id, idempotency_key),
            ).fetchone()
        return Correction(*row) if row else None

    def corrections(self) -> Iterator[Correction]:
        """All corrections, in the order in which they came."""
        for row in self._db.execute(f"SELECT {COLUMNS} FROM corrections ORDER BY rowid"):  # noqa: S608
            yield Correction(*row)

    def add_choice(self, choice: Choice) -> None:
        """Keep which of contrary corrections holds."""
        with self._writing():
            self._db.execute(
                "INSERT INTO choices (id, correction_id, overruled, reason, actor, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (choice.id, choice.correction_id, " ".join(choice.overruled), *astuple(choice)[3:]),
            )

    def choices(self) -> list[Choice]:
        """All choices, in the order in which they were made."""
        rows = self._db.execute(
            "SELECT id, correction_id, overruled, reason, actor, created_at FROM choices ORDER BY rowid"
        )
        return [Choice(id_, chosen, tuple(lost.split()), *rest) for id_, chosen, lost, *rest in rows.fetchall()]

    def add_served(self, cells: Sequence[Cell]) -> None:
        """Add sums of served articles to those of the same day, source, model and name: all of them or none.

        Raises StoreError where the disk does not take them.
        """
        rows = [(cell.day.isoformat(), *cell[1:]) for cell in cells]
        try:
            with self._writing():
                self._db.executemany(
                    "INSERT INTO served (day, source, model, name, amount) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
                    rows,
                )
        except sqlite3.Error as error:
            raise StoreError(self.path, f"không ghi được: {error}") from error

    def served(self, *, since: date = date.min) -> list[Cell]:
        """The sums of served articles of the day `since` and later."""
        from models.drift.traffic import Cell

        rows = self._db.execute(
            "SELECT day, source, model, name, amount FROM served WHERE day >= ? ORDER BY day", (since.isoformat(),)
        )
        return [Cell(date.fromisoformat(day), *rest) for day, *rest in rows.fetchall()]


def _make_private(path: Path) -> None:
    """Corrections hold text of articles and names of people: for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
