# %% [markdown]
# # 4. Watch drift
#
# Nobody labels what is served. What can be watched every day is the traffic: how much comes from where, in what state,
# what the model makes of it, how sure it is. `diembao drift` does that every morning; this notebook shows how it
# judges, on traffic made of labelled articles in which three faults are planted, so that you know an alarm when you see
# one.

# %%
# %matplotlib inline
from models.notebook import begin

bench = begin()
labels = bench.unseen
print(f"{len(labels)} of {bench}")

# %%
import os
from datetime import date, timedelta

import pandas as pd

from models import coverage as dial
from models import plots
from models.artifacts import load_engine
from models.design import strip_marks
from models.drift import by_week, fold, watch
from models.drift import plots as drift_plots
from models.drift.days import unjudged
from models.drift.rehearsal import Feed, checked, damaged, judged, rehearse
from models.experiment import measure, route
from nlp.heads import OUT_OF_SCOPE, UNITS
from serve.commands.options import now_in_vietnam
from serve.drift.ask import Question, of_store
from serve.drift.inputs import days_off
from serve.drift.report import to_tables
from serve.drift.words import sentence, subject
from serve.settings import default_database, from_environment
from serve.store import Store
from serve.terminal import console

engine = load_engine()
print(f"model {engine.model.version}")

# %% [markdown]
# ## Your own traffic
# The server keeps daily sums beside its keys: counts and means, no text. If it has run on this machine, this is its
# report.

# %%
database = from_environment(os.environ).database or default_database(os.environ)
yesterday = now_in_vietnam().date() - timedelta(days=1)
store = Store(database) if database.exists() else None
if store and store.served(since=date.min):
    own = of_store(store, Question(until=None, yesterday=yesterday, since=None, reference_days=56, false_alarms=1.0))
    console().print(to_tables(own))
else:
    print("no traffic was served from here; the rest is a rehearsal")

# %% [markdown]
# ## A rehearsal
# Three feeds, 20 weeks. The first eight are the reference: what is usual, and how much it varies by itself. In the
# fifteenth week three things happen at once: feed A brings only what is out of scope, a third of feed B loses its
# diacritics, feed C falls silent.

# %%
FIRST, DAYS = date(2024, 3, 4), 140
AT = FIRST + timedelta(days=100)

sound = [one for one in judged(labels, bench.articles, engine=engine) if not one.seen.faulty]
bare = judged(labels, damaged(bench.articles, strip_marks), engine=engine)
outside = [one for one in sound if one.seen.topic == OUT_OF_SCOPE]
usual = [Feed("báo A", 40, sound), Feed("báo B", 30, sound), Feed("báo C", 25, sound)]
faulty = [Feed("báo A", 40, outside), Feed("báo B", 30, [*sound, *sound, *bare]), Feed("báo C", 0, sound)]

quiet = rehearse(usual, first=FIRST, days=DAYS, at=AT)
served = rehearse(usual, first=FIRST, days=DAYS, changed=faulty, at=AT)
until = FIRST + timedelta(days=DAYS - 1)
off = unjudged(days_off(FIRST, until))
print(f"{len(quiet)} articles served without a change, {len(served)} with")

# %% [markdown]
# Nothing changed, nothing should be called (limits are set for about one false alarm a year in all):

# %%
without = watch(fold(one.seen for one in quiet), until=until, days_off=off)
[sentence(alarm) for alarm in without.alarms]

# %% [markdown]
# With the three faults, each alarm says what, since when, from how much to how much, and what to do (in the language of
# those who do it):

# %%
report = watch(fold(one.seen for one in served), until=until, days_off=off)
pd.DataFrame(
    {
        "called": [alarm.called for alarm in report.alarms],
        "days": [(alarm.called - AT).days + 1 for alarm in report.alarms],
        "alarm": [sentence(alarm) for alarm in report.alarms],
    }
).style.set_properties(**{"text-align": "left", "white-space": "normal"})

# %% [markdown]
# ## What comes in
# The charts of single feeds that were called. Grey is the reference, the line the usual value, the dotted line the day
# of the change, red are days out of limits; the days around a long holiday are not judged. A single wild day is not
# red, except silence: news comes in bursts, and a watch that calls every story is soon switched off.

# %%
called = {(alarm.signal, alarm.source) for alarm in report.alarms}
inputs = [
    chart
    for chart in report.charts
    if chart.series.source and (chart.series.signal.name, chart.series.source) in called
]
drift_plots.charted(report, {subject(one.series.signal.name, one.series.source): one for one in inputs}, at=AT)

# %% [markdown]
# ## What goes out
# These depend on the model, so a promotion starts a new reference for them. They are called later than what comes in,
# because a big story changes them for days as well: nothing is called that lasts less than ten. A topic that is called
# may be the model's fault or the world's: read some of its articles before you retrain.

# %%
outputs = [
    chart
    for chart in report.charts
    if chart.series.signal.of_model
    and not chart.series.signal.by_source
    and (
        chart.series.signal.name in ("topic_p", "needs_human", "urgent", "known_share_all")
        or (chart.series.signal.name, chart.series.source) in called
    )
]
drift_plots.charted(report, {subject(one.series.signal.name, one.series.source): one for one in outputs[:8]}, at=AT)

# %% [markdown]
# ## Is it still right?
# That takes people. Corrections are no error rate, because people correct what catches their eye; articles drawn by
# chance are (`stratum` `random` of `diembao queue`, then `diembao drift records.jsonl --labels checked.jsonl`). Here 40
# served articles a week are drawn and held against their labels. Mind the width: with 40 a week a fall of ten
# points is hard to see, which is why the charts above come first.

# %%
weeks = by_week(checked(served, weekly=40))
drift_plots.accuracy(weeks)

# %% [markdown]
# ## How much may go out without a person
# When accuracy moves, so does what you can let go unread. For each unit: what share of its articles reaches 90, 95 or
# 99 % right, shown with 90 % confidence on articles that the model did not learn from. "–" means that it cannot be
# shown, mostly for want of articles. `diembao coverage --precision 0.95` writes the thresholds into the policy.

# %%
opened = route(labels, bench.articles, engine=dial.opened(engine))
parts = dial.given(labels, opened)
rows = {"tất cả": dial.together(list(parts.values())), **parts}
reached = {
    f"{precision:.0%}": {code: dial.reach(one, precision) for code, one in rows.items()}
    for precision in (0.9, 0.95, 0.99)
}
shares = pd.DataFrame(
    {
        name: {code: f"{one.share:.0%}" if one else "–" for code, one in column.items()}
        for name, column in reached.items()
    }
)
shares.insert(0, "proposed", [one.proposed for one in rows.values()])
shares.insert(1, "unit", ["", *(UNITS[code] for code in parts)])
shares[shares.proposed > 0].sort_values("proposed", ascending=False).head(15)

# %%
plots.coverage(measure(labels, bench.articles, opened).coverage)
