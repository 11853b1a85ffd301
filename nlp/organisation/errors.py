"""What is wrong with the organisation's data, or with a question about it."""

from __future__ import annotations

from nlp.datafiles import DataFileError


class OrganisationError(DataFileError):
    """A wrong fact, or a question without an answer: then `file`, `line` and `key` are empty or 0."""
