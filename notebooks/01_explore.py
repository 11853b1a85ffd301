# %% [markdown]
# # 1. What there is to learn from
#
# A model is no better than its labels. This notebook shows what is labelled, how unevenly, from where and when, what
# state the texts are in, and how often one story is told twice. Look here before you retrain, and again whenever labels
# came in.
#
# Without `DIEMBAO_CORPORA` it runs on invented sample clippings, so that you can try every cell; the pictures then say
# nothing about the press. With it, it runs on the labelled articles themselves. Pictures are labelled in Vietnamese,
# because they end up in reports.

# %%
# %matplotlib inline
from models.notebook import begin

bench = begin()
print(bench, "from", ", ".join(path.name for path in bench.files))

# %%
import pandas as pd

from models import plots
from models.data import SPLITS
from models.experiment import split_labels
from models.explore import rows
from nlp.heads import OUT_OF_SCOPE, TOPICS, UNITS, URGENCY

table = pd.DataFrame(rows(bench.labels, bench.articles))

# %% [markdown]
# ## The split
# `dev` is the latest in time and is measured on only. Nothing may be chosen by looking at it: not a threshold, not a
# word list, not a setting. How articles were drawn (`stratum`) matters as much: only `random` resembles what an office
# receives, the others were picked because they are rare, hot or doubtful.

# %%
pd.crosstab(table.stratum, table.split, margins=True)

# %%
scope = table.topic.eq(OUT_OF_SCOPE).map({True: "out of scope", False: "in scope"})
pd.crosstab(scope, [table.split, table.unsure])

# %% [markdown]
# ## Topics and units
# What has few labels is learnt badly and measured worse: a unit with ten labels has one or two in `dev`, where
# one article is half of its accuracy. These are the rows to ask for first: `diembao queue` picks them out of new
# articles.

# %%
in_scope = table[table.topic != OUT_OF_SCOPE]
topics = pd.crosstab(in_scope.topic.map(TOPICS), in_scope.split).reindex(columns=list(SPLITS), fill_value=0)
plots.bars(topics.loc[topics.sum(axis=1).sort_values(ascending=False).index], title="Bài trong phạm vi theo chủ đề")

# %%
units = pd.crosstab(in_scope.lead, in_scope.split).reindex(columns=list(SPLITS), fill_value=0)
plots.bars(units.loc[units.sum(axis=1).sort_values(ascending=False).index], title="Bài theo đơn vị chủ trì")

# %% [markdown]
# Units that no label names in the training part cannot be learnt at all:

# %%
[f"{code} ({name})" for code, name in UNITS.items() if not units["train"].get(code, 0)]

# %% [markdown]
# Who leads which topic. A topic that many units share is where the lead unit is hard; a row with one dark cell is easy.

# %%
shares = pd.crosstab(in_scope.topic, in_scope.lead, normalize="index")
shares.round(2).replace(0, "").style.set_caption("share of a topic's articles that each unit leads")

# %%
levels = pd.crosstab(table.urgency.astype(str).map(URGENCY), table.tone).reindex(list(URGENCY.values()))
levels.rename_axis(index="urgency")

# %% [markdown]
# ## Where from, and when
# A model knows the newspapers it has read. The public corpora carry no dates, so months show only where the articles
# have them: the samples, or corrections of your own office. If what you route is younger than what you see here, expect
# new names and new words, and watch notebook 4.

# %%
pd.crosstab(table.source, table.split, margins=True)

# %%
dated = table[table.month != ""]
print(f"{len(dated)} of {len(table)} articles bear a date")
years = pd.crosstab(dated.month.str[:4], dated.split)
plots.bars(years, title="Bài theo năm") if len(years) else None

# %% [markdown]
# ## The texts
# Very short articles (a title and a lead) can be right only by luck. Very long ones often hold a page's menu and its
# comments: the crawler's fault, not the reporter's.

# %%
largest = table.source.value_counts().index[:4]
plots.lengths({source: table.chars[table.source == source].tolist() for source in largest})

# %%
table.groupby("split").chars.describe(percentiles=[0.01, 0.5, 0.99]).round()

# %% [markdown]
# Repairs: faults of Vietnamese text that were mended before the model read it. A habit of one source is harmless; old
# fonts (`tcvn3`, `vni`) or `missing-diacritics` say that somewhere text is damaged on its way to you.

# %%
faults = table.explode("repairs").dropna(subset="repairs")
pd.crosstab(faults.repairs, faults.source, margins=True)

# %% [markdown]
# ## Stories
# Newspapers copy from one another. Articles of one story must not stand on both sides of the split: the model would be
# asked what it has already been told. Those of the training part that repeat a `dev` article are dropped.

# %%
stories = table.drop_duplicates("story").told.value_counts().sort_index()
stories.rename_axis("articles that tell it").to_frame("stories").T

# %%
split = split_labels(bench.labels, bench.articles)
print(
    f"{table.story.nunique()} stories in {len(table)} articles; {len(split.leaks)} pairs across the split, "
    f"{split.dropped} articles dropped from training, {len(split.train)} left"
)

# %% [markdown]
# **What next?** Topics or units with few bars: label more of them (`diembao queue`, `diembao labels read`). Doubtful
# labels: notebook 3. Enough that is new: notebook 2.
