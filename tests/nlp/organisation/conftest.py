"""The real organisation, and its files for tests that spoil them."""

from __future__ import annotations

import pytest

from models.artifacts import load_organisation, organisation_texts
from nlp.organisation import Organisation


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return load_organisation()


@pytest.fixture
def files() -> dict[str, str]:
    """The texts by file name, to be changed at will."""
    return organisation_texts()
