"""Whether served traffic is still what the model and the office are used to; without labels, and with them where any are.

Article numbers are summed by day (`traffic`), sums become series (`days`, `signals`), series are judged by control
charts (`charts`), charts give alarms (`watch`); `accuracy` speaks of what people checked, `words` says it in Vietnamese.
"""

from models.drift.traffic import Cell, Seen, Traffic, fold, of_decision, of_record
from models.drift.watch import Alarm, Report, rows, watch

__all__ = ["Alarm", "Cell", "Report", "Seen", "Traffic", "fold", "of_decision", "of_record", "rows", "watch"]
