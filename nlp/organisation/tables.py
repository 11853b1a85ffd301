"""Which tables and keys the organisation's files may have: literal tables. A new key is one entry here."""

from __future__ import annotations

from nlp.datafiles import GRADES, Form, Key, Row
from nlp.datafiles import rows_of as datafile_rows
from nlp.heads import TOPICS, UNITS
from nlp.organisation.errors import OrganisationError
from nlp.organisation.values import KINDS

HOWS = ("new", "rename", "merge", "split", "upgrade")

_SOURCE = {"source": Key(), "confidence": Key(among=GRADES), "note": Key(needed=False)}
_WORDS = {"abbreviations": Key("texts", needed=False), "aliases": Key("texts", needed=False)}

DECREES, ENTERPRISES, COLLISIONS = "decrees/", "enterprises.toml", "collisions.toml"
FORMS = {
    DECREES: Form(
        {
            "decree": {
                "id": Key(),
                "number": Key(),
                "title": Key(),
                "signed": Key("day", needed=False),
                "first_day": Key("day"),
                "units": Key("count", needed=False),
                **_SOURCE,
            },
            "open": {
                "unit": Key(),
                "name": Key(),
                "kind": Key(among=tuple(KINDS)),
                "parent": Key(needed=False),
                **_WORDS,
                "predecessors": Key("texts", needed=False),
                "how": Key(among=HOWS),
                **_SOURCE,
            },
            "rename": {"unit": Key(), "name": Key(), **_WORDS, **_SOURCE},
            "keep": {"units": Key("texts"), **_SOURCE},
            "close": {"unit": Key(), "successors": Key("texts", needed=False), **_SOURCE},
            "hold": {
                "competence": Key(among=tuple(UNITS)),
                "unit": Key(),
                "topics": Key("texts", needed=False, among=tuple(TOPICS)),
                **_SOURCE,
            },
        },
        error=OrganisationError,
        single=("decree",),
    ),
    ENTERPRISES: Form(
        {
            "enterprise": {
                "id": Key(),
                "code": Key(among=tuple(UNITS)),
                "generic": Key("flag", needed=False),
                "predecessors": Key("texts", needed=False),
                "aliases": Key("texts", needed=False),
                "members": Key("texts", needed=False),
                "name": Key("rows"),
                "period": Key("rows"),
                **_SOURCE,
            },
            "enterprise.name": {"from": Key("day"), "name": Key(), **_SOURCE},
            "enterprise.period": {
                "from": Key("day"),
                "to": Key("day", needed=False),
                "owner": Key(),
                "under_ministry": Key("flag"),
                **_SOURCE,
            },
        },
        error=OrganisationError,
    ),
    COLLISIONS: Form(
        {"collision": {"alias": Key(), "meanings": Key("texts"), "source": Key()}},
        error=OrganisationError,
    ),
}


def kind_of(file: str) -> str:
    """DECREES, ENTERPRISES or COLLISIONS; OrganisationError for a file of another name."""
    for kind in FORMS:
        if file == kind or (kind.endswith("/") and file.startswith(kind) and file.endswith(".toml")):
            return kind
    raise OrganisationError(f"tệp lạ; các tệp đúng: decrees/*.toml, {ENTERPRISES}, {COLLISIONS}", file=file)


def rows_of(file: str, text: str) -> list[Row]:
    """All tables of a file, each checked. Raises OrganisationError."""
    return datafile_rows(file, text, FORMS[kind_of(file)])
