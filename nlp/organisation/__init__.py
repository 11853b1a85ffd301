"""Who answers for what on which day: decrees folded in order, asked by day, and names found in text.

`parse` takes the texts of datasets/organisation/ by file name; nothing here opens a file or reads a clock. Labels and
models speak of competences (codes of nlp.heads.UNITS, the structure of 2016); the organisation says who holds them.
"""

from nlp.organisation.errors import OrganisationError
from nlp.organisation.registry import Organisation, parse
from nlp.organisation.values import ENTERPRISE, KINDS, OUTSIDE, Decree, Holder, Life, Structure, Tenure, Unit

__all__ = [
    "ENTERPRISE", "KINDS", "OUTSIDE", "Decree", "Holder", "Life", "Organisation", "OrganisationError", "Structure",
    "Tenure", "Unit", "parse",
]  # fmt: skip
