"""The model card: what a release is, what it was trained on, how good it is, and where it must not be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.data import CORRECTED, Label
from models.evaluate import Assessment, ClassScore

LIMITS = (
    "Trained on news of 2016-2019 and of 2019 to June 2025, of the last years mostly one newspaper, under the "
    "ministry's structure of 2016. Later events are unknown to it; names of units are brought up to date afterwards, "
    "mandates that moved between units are not.",
    "The labels were made by language-model annotators and not checked by a person of the field. The numbers say how "
    "well the model agrees with such labels.",
    "Labelled articles were chosen to hold rare topics and units; in a natural stream most items are out of scope, so "
    "shares and precisions differ. The `random` stratum comes nearest to such a stream.",
    "Articles of the dev split come from the same newspapers as those of training. On sources of another kind (social "
    "media, foreign press, transcripts) expect less.",
    "Classes with little support rest on a handful of articles: see the tables before relying on one of them.",
    "It proposes; a person of the office decides. It is not made to judge newspapers, authors or persons.",
)

NAMES = {
    "scope_f1": "scope F1",
    "topic_acc": "topic accuracy",
    "topic_mf1": "topic macro-F1",
    "lead_acc": "lead unit accuracy",
    "lead_mf1": "lead unit macro-F1",
    "topic_acc_in": "topic accuracy, in scope",
    "lead_acc_in": "lead unit accuracy, in scope",
    "coord_f1": "coordinating units micro-F1",
    "urgency_qwk": "urgency quadratic kappa",
    "hot_recall": "recall of level 3",
    "hot_recall_at_p50": "recall of level 3 at a precision of 0.5",
    "tone_mf1": "tone macro-F1",
    "topic_ece": "calibration error of the topic",
    "lead_ece": "calibration error of the lead unit",
    "auto_share_in": "share decided without a person, in scope",
    "auto_precision": "lead units right among those",
    "coverage_at_95": "share reachable with 95 % of lead units right",
}
"""Number -> what the card calls it, in the card's order."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the card says of the data. `leaks` rows of train repeated a dev article's words and were dropped."""

    train: Sequence[Label]
    dev: Sequence[Label]
    files: Sequence[str]
    leaks: int = 0


def write_card(manifest: Mapping[str, Any], assessment: Assessment, facts: DataFacts) -> str:
    """The card of one release as Markdown: English, with a summary in Vietnamese."""
    parts = (
        f"# Model card: diembao {manifest['version']}",
        _summary(manifest, assessment, facts),
        _use(),
        _data(manifest, facts),
        _numbers(assessment),
        _strata(assessment),
        "## By class, dev split",
        *(_classes(title, assessment.classes[head]) for head, title in _TABLES.items()),
        "## Limits\n\n" + "\n".join(f"- {limit}" for limit in LIMITS),
        _settings(manifest),
    )
    return "\n\n".join(parts) + "\n"


_TABLES = {"topic": "Topic", "lead_unit": "Lead unit", "urgency": "Urgency", "tone": "Tone"}


def _summary(manifest: Mapping[str, Any], assessment: Assessment, facts: DataFacts) -> str:
    found = assessment.numbers

    def percent(name: str) -> str:
        return f"{100 * found[name]:.1f}".replace(".", ",") + " %"

    return f"""## Tóm tắt

Mô hình đọc tin báo tiếng Việt, nêu chủ đề, đơn vị chủ trì, đơn vị phối hợp, mức khẩn và sắc thái đối với ngành
Công Thương. Phiên bản {manifest["version"]}, huấn luyện trên {len(facts.train)} bài, đo trên {len(facts.dev)} bài để
riêng: đúng chủ đề {percent("topic_acc")}, đúng đơn vị chủ trì {percent("lead_acc")}; tìm được {percent("hot_recall")}
số tin nóng.
Trong các bài thuộc phạm vi, {percent("auto_share_in")} được định tuyến không cần người xem; \
đúng đơn vị chủ trì {percent("auto_precision")}.
Nhãn do mô hình ngôn ngữ gán, chưa được người trong ngành kiểm tra. Dữ liệu thuộc các năm 2016 đến giữa 2025. \
Kết quả là đề xuất; cán bộ quyết định."""


def _use() -> str:
    return """## Use

For the press office of the ministry: rank and route the day's items, with a person looking wherever `needs_human` is
true. Title, lead and body in Vietnamese go in; a routing record (`nlp/record.schema.json`) comes out. The release
folder holds arrays and text only, no pickle, and is checked against `SHA256SUMS` on every load."""


def _data(manifest: Mapping[str, Any], facts: DataFacts) -> str:
    rows = []
    for name, labels in (("train", facts.train), ("dev", facts.dev)):
        levels = Counter(label.urgency for label in labels)
        inside = sum(label.in_scope for label in labels)
        rows.append((name, len(labels), inside, len(labels) - inside, levels[3]))
    table = _table(("split", "items", "in scope", "out of scope", "level 3"), rows)
    corrected = sum(label.stratum == CORRECTED for label in facts.train)
    office = f" {corrected} rows of train were decided by people of the office (corrections)." if corrected else ""
    return f"""## Data

{", ".join(f"`{name}`" for name in facts.files)} (see datasets/labels/README.md); texts from public
repositories, not included. Fingerprint (SHA-256) of the labels and texts on which it was trained:
`{manifest["data_fingerprint"]}`.

{table}

The dev split is later in time, or from another part of its source; {facts.leaks} rows of train that repeated a dev
article's words were dropped.{office} Intervals below hold 95 % of bootstrap samples over stories, so that reposts
do not narrow them."""


def _numbers(assessment: Assessment) -> str:
    rows = []
    for name, called in NAMES.items():
        low, high = assessment.intervals.get(name, (float("nan"), float("nan")))
        rows.append((called, f"{assessment.numbers[name]:.3f}", f"{low:.3f} to {high:.3f}"))
    return "## Numbers, dev split\n\nOn final decisions, as users get them.\n\n" + _table(
        ("what", "value", "95 %"), rows
    )


def _strata(assessment: Assessment) -> str:
    rows = [
        (name, int(found["rows"]), *(f"{found[key]:.3f}" for key in ("scope_f1", "topic_acc", "lead_acc")))
        for name, found in assessment.strata.items()
    ]
    head = ("stratum", "items", "scope F1", "topic accuracy", "lead accuracy")
    return "## By stratum, dev split\n\n" + _table(head, rows)


def _classes(title: str, scores: Sequence[ClassScore]) -> str:
    rows = [
        (score.code or "(none)", f"{score.precision:.2f}", f"{score.recall:.2f}", f"{score.f1:.2f}", score.support)
        for score in scores
    ]
    return _table((title, "precision", "recall", "F1", "support"), rows)


def _settings(manifest: Mapping[str, Any]) -> str:
    rows = [(f"`{name}`", value) for name, value in manifest["settings"].items()]
    return "## Settings\n\n" + _table(("setting", "value"), [*rows, ("n-grams kept", manifest["ngrams"])])


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
