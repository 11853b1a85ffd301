"""Labels of the structure of 2016 -> labels of the structure of another day, so that a model can be trained on that.

The heads are a literal table of 33 codes. So each unit of the day is given one of those codes to stand for it, and
training, scoring and evaluation run on mapped labels unchanged. A mapped code means the unit that it stands for and no
longer its own competence: a model trained on mapped labels is for measuring, because the registry would read its codes
as competences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.data import Label
from nlp.errors import DiembaoError
from nlp.heads import NO_UNIT, TOPICS, UNITS
from nlp.organisation import Structure


class TooManyUnitsError(DiembaoError):
    """More units hold competences than there are codes to stand for them."""

    def __init__(self, structure: Structure, units: int) -> None:
        day = structure.first_day.strftime("%d/%m/%Y")
        super().__init__(f"cơ cấu ngày {day} có {units} đơn vị giữ việc, chỉ có {len(UNITS)} mã để đại diện")
        self.first_day, self.units = structure.first_day, units


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Codes of the guideline to codes that stand for the units of a day; `codes` is by the id of the unit."""

    structure: Structure
    codes: Mapping[str, str]
    units: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", {code: unit for unit, code in self.codes.items()})

    def code(self, competence: str, topic: str) -> str:
        """What stands for the unit that holds a competence for a topic; NO_UNIT stays NO_UNIT."""
        return self.codes[self.structure.holder(competence, topic).id] if competence != NO_UNIT else NO_UNIT

    def team(self, topic: str, lead: str, coord: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        """The lead and those that help, each unit once and the lead apart, in the order given."""
        led_by = self.code(lead, topic)
        helpers = dict.fromkeys(self.code(competence, topic) for competence in coord)
        return led_by, tuple(code for code in helpers if code != led_by)

    def label(self, label: Label) -> Label:
        """The label in the structure of the day; topic, urgency and all else stay as they are."""
        lead, coord = self.team(label.topic, label.lead, label.coord)
        return replace(label, lead=lead, coord=coord)


def crosswalk(structure: Structure) -> Crosswalk:
    """Give every unit that holds anything in `structure` a code of its own.

    Those that hold a code for the most topics choose first, each the code of which it holds the most topics. Where a
    competence was split by topic, a unit left without a code of what it holds takes one that a merger set free.

    Raises:
        TooManyUnitsError: the units outnumber the codes.
    """
    shares = Counter((structure.holder(code, topic).id, code) for code in UNITS for topic in TOPICS)
    ranked = [pair for pair, _ in shares.most_common()]  # a stable order: equals stay in that of UNITS
    units = dict.fromkeys(unit for unit, _ in ranked)
    if len(units) > len(UNITS):
        raise TooManyUnitsError(structure, len(units))
    codes: dict[str, str] = {}
    for unit, code in ranked:
        if unit not in codes and code not in codes.values():
            codes[unit] = code
    free = iter([code for code in UNITS if code not in codes.values()])
    return Crosswalk(structure, {unit: codes.get(unit) or next(free) for unit in units})
