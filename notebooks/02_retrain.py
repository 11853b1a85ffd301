# %% [markdown]
# # 2. Retrain, compare, promote
#
# One road from labels to a model in use: train a candidate, keep the run in MLflow, let the gate compare it with the
# model in use (the champion), read what changed and why, then promote it or take the refusal.
#
# Without `DIEMBAO_CORPORA` the candidate learns from about 150 invented clippings. It is meant to be refused: see
# whether the gate's reasons convince you. With the real articles training takes some five minutes on two cores.

# %% [markdown]
# ## What this training may learn
# `CORRECTIONS` is a file of `diembao corrections export`, or `None`. Corrections of articles in `dev` are left out,
# because what is measured on stays as it is. `PROMOTE` opens the last cell.

# %%
# %matplotlib inline
from pathlib import Path

from models.notebook import begin

CORRECTIONS: Path | None = None
PROMOTE = False

bench = begin(corrections=CORRECTIONS)
print(f"{bench}; {bench.corrected} corrections, {bench.left_out} left out")

# %%
from getpass import getuser

import pandas as pd
from IPython.display import HTML

from models import gate, gate_report, plots
from models.artifacts import RELEASE, load_engine, read_manifest
from models.compare import made_of, words
from models.data import fingerprint
from models.experiment import split_labels, train_release
from models.promotion import PromotionRefused, promote
from models.rules import Verdict
from models.tracking import track_gate, tracking_uri
from nlp.heads import UNITS
from serve.bars import stages
from serve.commands.options import now_in_vietnam
from serve.commands.promotion import STAGES as GATE_STAGES
from serve.commands.promotion import registered_model
from serve.commands.training import STAGES, track_run

# %%
split = split_labels(bench.labels, bench.articles)
champion = read_manifest(RELEASE)
data = fingerprint(split.train, bench.articles)
print(
    f"{len(split.train)} to learn, {len(split.dev)} to measure on, {split.dropped} dropped as repeats of dev articles"
)
print(f"data {data[:12]}; champion {champion['version']} learnt {champion['data_fingerprint'][:12]}")
print(
    "the same data: with the same settings you will get the champion again"
    if data == champion["data_fingerprint"]
    else "other data than the champion's"
)

# %% [markdown]
# ## Settings
# Those of the release. Change one at a time, as in `dataclasses.replace(bench.settings, c=1.0)`, or you will not know
# what helped. `diembao search` tries many out of fold, on the training part alone, and keeps them in MLflow as runs
# within one; what it found best is `read_settings(Path("out/search/settings.toml"))` of `models.settings_file`.

# %%
SETTINGS = bench.settings
SETTINGS

# %% [markdown]
# ## Train
# The same labels, texts and settings give the same model. The run goes to a local MLflow (SQLite, no network) unless
# `MLFLOW_TRACKING_URI` names your own server.

# %%
with stages(STAGES) as progress:
    finished = train_release(
        bench.labels,
        bench.articles,
        files=[path.name for path in bench.files],
        out=bench.candidate,
        settings=SETTINGS,
        progress=progress,
    )
candidate = finished.trained.manifest
run = track_run(finished, bench.files, bench.candidate, None, experiment=bench.experiment)
print(f"{candidate['version']} in {bench.candidate}, run {run}")

# %%
numbers = pd.DataFrame({"candidate": finished.assessment.numbers}).join(
    pd.DataFrame(finished.assessment.intervals, index=["low", "high"]).T
)
numbers.dropna().round(3)

# %% [markdown]
# Look at a difference only beside its interval: on some hundred articles a point more or less is chance. The next cells
# compare the two models on the same articles, which is far sharper than comparing two such tables.

# %% [markdown]
# ## The gate
# Both models are loaded in clean processes and route the same articles. Each rule passes, fails, or asks a person where
# chance leaves both possible; the limits are in `models/gate.toml`.

# %%
whole = [label for label in bench.labels if not label.undecided]
with stages(GATE_STAGES) as progress:
    outcome = gate.judge(bench.candidate, RELEASE, whole, bench.articles, progress=progress)
better = "better" if outcome.is_better else "not shown to be better"
print(f"{outcome.candidate} against {outcome.champion}: {outcome.verdict.name}; {better}")

# %%
plots.intervals(outcome.findings)

# %% [markdown]
# Each line is a 95 % interval of the difference, in units of what the gate allows. Wholly right of the dashed line:
# passes. Touching it, and further left of 0 than chance takes one line of sixteen: fails (red). Otherwise the articles
# are too few to tell, and a person must decide (brown). A number that is good enough by itself passes too.
#
# To pass is not to be better: a line wholly left of 0 that stays right of the dashed line is a loss, small enough to be
# allowed. Take it only for something in return, such as corrections learnt. Of the lead unit's accuracy, which counts
# most, such a line asks a person: it could wear away by many small steps. What stands in the way, if anything:

# %%
findings = pd.DataFrame([finding for finding in outcome.findings if finding.verdict is not Verdict.PASSES])
findings[["rule", "title", "reason", "candidate", "champion"]] if len(findings) else "nothing"

# %% [markdown]
# ## What changed
# First what went in: data and settings. If nothing differs here, nothing differs below.

# %%
made = made_of(champion, candidate)
pd.DataFrame(made).set_index("what").assign(same=[one.is_same for one in made])

# %% [markdown]
# Then what came out, unit by unit. A mean hides that one unit pays for the gain of the others.

# %%
plots.fates(outcome.units)

# %%
fates = pd.DataFrame(outcome.units).assign(unit=[UNITS[fate.code] for fate in outcome.units])
fates[fates.won + fates.lost > 0].sort_values(["p", "lost"], ascending=[True, False]).head(12).round(3)

# %% [markdown]
# ## Why
# Single decisions of the dev articles, what got worse first, and the words by which each model chose its unit. If the
# candidate decides by words that have nothing to do with the matter (a place, a newspaper's name), do not promote it,
# whatever the numbers say. Read them, but do not tune by them: these are the articles that are measured on.

# %%
changes = pd.DataFrame(outcome.changes, columns=["id", "what", "label", "champion", "candidate", "urgency"])
print(
    f"{len(changes)} decisions changed: {sum(one.kind > 0 for one in outcome.changes)} for the better, "
    f"{sum(one.kind < 0 for one in outcome.changes)} for the worse"
)
shown = changes[changes.what == "chủ trì"].head(15)
texts = [bench.articles[name] for name in shown.id]
shown.assign(
    title=[article.title for article in texts],
    by_champion=words(texts, engine=load_engine(RELEASE)),
    by_candidate=words(texts, engine=load_engine(bench.candidate)),
)

# %% [markdown]
# ## For the record
# The verdict joins the run: tags `gate`, `gate_stopped_by` and `gate_champion`, the differences as metrics `gate/...`,
# the whole report as `gate.html`; data, settings and changed decisions as `changes.json`. In MLflow select this run and
# an older one, *Compare*, and you see parameters and numbers side by side. Open it with the command printed here.

# %%
track_gate(run, outcome, made=made, at=now_in_vietnam())
print(f"mlflow ui --backend-store-uri {tracking_uri()}")

# %% [markdown]
# The report, as the person sees it who is asked (in Vietnamese):

# %%
HTML(gate_report.framed(gate_report.page(outcome, at=now_in_vietnam())))

# %% [markdown]
# ## Promote, or not
# Set `PROMOTE = True` above and run this cell. The gate judges once more what will be installed; a refusal says which
# rules stand in the way. You disagree with a rule? `diembao promote --override RULE --by NAME --reason WHY` sets it
# aside in your name; the record keeps it. `diembao rollback` undoes a promotion.

# %%
if PROMOTE:
    try:
        done = promote(
            bench.candidate,
            RELEASE,
            whole,
            bench.articles,
            at=now_in_vietnam(),
            by=getuser(),
            registered=registered_model(None),
        )
        print(f"{done.outcome.candidate} answers now; the report is {done.report}")
    except PromotionRefused as refused:
        print(refused)
else:
    print(f"nothing was promoted; the gate says: {outcome.verdict.name}")
