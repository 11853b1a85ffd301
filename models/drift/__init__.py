"""Whether served traffic is still what the model and the office are used to.

Numbers of articles are summed by day (`traffic`), sums become series (`days`, `signals`), series are judged by control
charts (`charts`), charts give alarms (`watch`). `accuracy` speaks of what people checked.
"""

from models.drift.accuracy import Checked, Week, by_week
from models.drift.traffic import Cell, Seen, Traffic, fold, of_decision, of_record
from models.drift.watch import Alarm, Report, rows, watch

__all__ = [
    "Alarm",
    "Cell",
    "Checked",
    "Report",
    "Seen",
    "Traffic",
    "Week",
    "by_week",
    "fold",
    "of_decision",
    "of_record",
    "rows",
    "watch",
]
