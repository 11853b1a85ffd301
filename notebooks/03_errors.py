# %% [markdown]
# # 3. Read the errors
#
# Numbers say how often the model in use is wrong; only its errors say why. Read fifty of them before you change a
# setting: most tell of a missing kind of label, an unclear line in the guideline, or a wrong label.
#
# The articles are those that the released model did not learn from. Titles appear here because the articles are yours
# to read; keep the outputs on your machine.

# %%
# %matplotlib inline
from models.notebook import begin

bench = begin()
labels = bench.unseen
print(f"{len(labels)} of {bench}")

# %%
import pandas as pd

from models import plots
from models.artifacts import load_engine
from models.audit import audit
from models.experiment import measure, route
from models.mistakes import confused, helpers, mistakes
from nlp.heads import OUT_OF_SCOPE, TOPICS, UNITS
from serve.bars import stages
from serve.commands.training import STAGES

pd.set_option("display.max_colwidth", 90)
engine = load_engine()
records = route(labels, bench.articles, engine=engine)
found = measure(labels, bench.articles, records)
print(f"model {engine.model.version}")

# %%
pd.DataFrame({"value": found.numbers}).join(pd.DataFrame(found.intervals, index=["low", "high"]).T).dropna().round(3)

# %% [markdown]
# ## What is taken for what
# Rows are labels, columns decisions; off the diagonal is wrong. The last topic is "out of scope": its row are false
# alarms, its column is what the office never gets to see, the worse error of the two.

# %%
plots.confusion(found.confusions["topic"], "Chủ đề")

# %%
pd.DataFrame(confused(found.confusions["topic"])[:10]).replace({"label": TOPICS, "given": TOPICS}).round(2)

# %%
plots.confusion(found.confusions["lead_unit"], "Đơn vị chủ trì")

# %%
pd.DataFrame(confused(found.confusions["lead_unit"])[:10]).replace("", plots.NONE).round(2)

# %% [markdown]
# ## The worst units
# Mind the support: an F1 over four articles is an anecdote. Units that are low *and* frequent are where labels pay.

# %%
units = pd.DataFrame(found.classes["lead_unit"]).set_index("code")
units[units.support >= 3].sort_values("f1").head(12).round(2)

# %% [markdown]
# ## Sure and wrong
# The most confident errors first. Those without `needs_human` went out unread: these are the ones the office will
# remember. Where the label is wrong instead, correct the label.

# %%
wrong = pd.DataFrame(mistakes(labels, bench.articles, records))
wrong.drop_duplicates("id").head(20)

# %%
unread = wrong[~wrong.needs_human]
print(
    f"{wrong.id.nunique()} of {len(labels)} articles with a wrong topic or lead unit, "
    f"{unread.id.nunique()} of them not shown to a person"
)
missed = wrong[(wrong.what == "topic") & (wrong.given == OUT_OF_SCOPE) & ~wrong.needs_human]
missed.assign(urgency=missed.id.map({label.id: label.urgency for label in labels})).sort_values(
    ["urgency", "p"], ascending=False
).head(10)

# %% [markdown]
# ## Helpers
# Coordinating units are the least settled part of the labels; two readers agree on them less than on anything else
# (`datasets/labels/README.md`). A unit that is mostly `missed` wants labels, one that is mostly `extra` wants a reading
# of the guideline.

# %%
help_ = pd.DataFrame(helpers(labels, records))
help_.assign(unit=help_.code.map(UNITS)).head(12)

# %% [markdown]
# ## Does it know when it does not know?
# On the diagonal, what is stated with 80 % is right in 80 %. Below it the model brags, and thresholds let too much
# through; above it, it is shy, and people read what they need not. Small dots are few articles: look at the large ones.

# %%
plots.calibrations({"Chủ đề": found.calibrations["topic"], "Đơn vị chủ trì": found.calibrations["lead_unit"]})

# %% [markdown]
# ## Labels that are probably wrong
# Models that never saw a story keep preferring another answer than its label: a list for a person, not a correction.
# This trains a model for each fold, as long as a training. `diembao audit` writes the same list as a spreadsheet. On
# the samples nearly half the labels are in doubt: models that learn from so few know nothing yet.

# %%
with stages(STAGES) as progress:
    suspects = pd.DataFrame(
        audit(bench.labels, bench.articles, settings=bench.settings, progress=progress),
        columns=["id", "head", "given", "likely", "p_given", "p_likely"],
    )
suspects.groupby("head", sort=False).size().rename("labels in doubt").to_frame()

# %%
top = suspects[suspects["head"].isin(["topic", "lead_unit"])].sort_values("p_likely", ascending=False).head(15)
top.assign(title=top.id.map({label.id: bench.articles[label.id].title for label in bench.labels})).round(3)

# %% [markdown]
# **What next?** Wrong labels: correct their line in the label file, or send `/v1/corrections`. Missing kinds of
# article: `diembao queue`. An unclear rule: `datasets/labels/GUIDELINE.md`, then read the labels concerned again. Then
# notebook 2.
