"""The TOML files that an office edits (datasets/organisation): read into rows, each fault told with its place.

The organisation and the deadlines are files of this kind. A literal `Form` says which tables and keys a file may have;
`rows_of` gives its tables as checked rows; `unverified` lists the facts that somebody must still check.
"""

from nlp.datafiles.errors import DataFileError
from nlp.datafiles.grades import GRADES, VERIFIED, Fact, unverified
from nlp.datafiles.rows import Form, Key, Row, rows_of

__all__ = ["GRADES", "VERIFIED", "DataFileError", "Fact", "Form", "Key", "Row", "rows_of", "unverified"]
