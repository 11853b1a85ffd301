"""One decision on a terminal: the article with the words that carried it, the decision in words, and its doubts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nlp.errors import number
from nlp.heads import TOPICS, URGENCY
from nlp.record import to_record
from nlp.types import ZONES, Article, Choice, Decision, Phrase
from serve.words import (
    FIELDS,
    PURPOSES,
    REPAIRS,
    TONES,
    UNVERIFIED,
    deadline,
    one_line,
    percent,
    printable,
    unit_name,
)

STYLES = {
    "topic": "underline bold cyan",
    "lead_unit": "underline bold green",
    "urgency": "underline bold red",
}
"""Purpose of a phrase -> how it looks; where colours are off, the line under it stays."""
MARKS = ("⟦", "⟧")
"""Stand around a phrase where there is no terminal to draw a line."""
BAR = 24
SHOWN_BODY = 6000
"""Characters of the body that are shown beyond its last phrase, at most; a page is not a book."""


def show(decision: Decision, *, console: Console) -> None:
    """Print the article, the decision, its probabilities, repairs and reasons."""
    article = decision.article
    console.print(Text(_origin(article), style="dim"))
    for zone in ZONES:
        text = _zone(getattr(article, zone), [p for p in decision.evidence if p.field == zone], console)
        if text.plain.strip():
            text.stylize_before({"title": "bold", "lead": "italic"}.get(zone, ""))
            console.print(text)
            console.print()
    if decision.evidence:
        console.print(_legend(console))
        console.print()
    console.print(_answers(decision))
    for line in _notes(decision):
        console.print(line)


def _origin(article: Article) -> str:
    day = article.published_at.strftime("%d/%m/%Y") if article.published_at else ""
    file = f"{article.origin.file}, dòng {number(article.origin.row)}" if article.origin else ""
    return " · ".join(one_line(part) for part in (article.id, article.source, day, file) if part)


def _zone(given: str, phrases: Sequence[Phrase], console: Console) -> Text:
    last = max((phrase.end for phrase in phrases), default=0)
    cut = max(last, 0) + SHOWN_BODY
    text = Text(printable(given[:cut]))
    if console.is_terminal:
        for phrase in phrases:
            text.stylize(STYLES.get(phrase.purpose, "underline"), phrase.start, phrase.end)
    else:
        text = Text(_marked(text.plain, phrases))
    if len(given) > cut:
        text.append(f" … (còn {number(len(given) - cut)} ký tự)", style="dim")
    return text


def _marked(text: str, phrases: Iterable[Phrase]) -> str:
    """`text` with MARKS around the phrases; those that touch or overlap become one."""
    spans: list[list[int]] = []
    for start, end in sorted((phrase.start, phrase.end) for phrase in phrases):
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    for start, end in reversed(spans):
        text = f"{text[:start]}{MARKS[0]}{text[start:end]}{MARKS[1]}{text[end:]}"
    return text


def _legend(console: Console) -> Text:
    if not console.is_terminal:
        return Text(f"{MARKS[0]}…{MARKS[1]}: từ ngữ đã dẫn đến kết luận")
    legend = Text("Từ ngữ đã dẫn đến kết luận về: ", style="dim")
    for purpose, style in STYLES.items():
        legend.append(PURPOSES[purpose], style=style)
        legend.append("  ")
    return legend


def _answers(decision: Decision) -> Table:
    proposal = decision.proposal
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")

    def row(question: str, answer: str, p: float, purpose: str = "") -> None:
        because = _because(decision.evidence, purpose)
        table.add_row(question, Text(answer, style="bold"), _bar(p), Text(because, style="dim"))

    def unit(choice: Choice) -> str:
        holder = decision.holders[choice.code]
        said = unit_name({"code": choice.code, "name": holder.name, "under_ministry": holder.under_ministry})
        return said if holder.verified else f"{said} [{UNVERIFIED}]"

    row("Phạm vi", "thuộc phạm vi của Bộ" if proposal.in_scope else "ngoài phạm vi của Bộ", proposal.in_scope_p)
    row("Chủ đề", TOPICS[proposal.topic.code], proposal.topic.p, "topic")
    if proposal.lead_unit:
        row("Đơn vị chủ trì", unit(proposal.lead_unit), proposal.lead_unit.p, "lead_unit")
    for choice in proposal.coordinating_units:
        row("Đơn vị phối hợp", unit(choice), choice.p)
    if proposal.lead_unit and proposal.runner_up:
        table.add_row("Nếu không, chủ trì là", Text(unit(proposal.runner_up)), _bar(proposal.runner_up.p), "")
    row("Sắc thái", TONES[proposal.tone], proposal.tone_p)
    row("Mức độ", URGENCY[str(proposal.urgency)], proposal.urgency_p[proposal.urgency], "urgency")
    for level, p in enumerate(proposal.urgency_p):
        if level != proposal.urgency:
            table.add_row("", Text(URGENCY[str(level)], style="dim"), _bar(p), "")
    return table


def _because(phrases: Iterable[Phrase], purpose: str) -> str:
    words = dict.fromkeys(one_line(phrase.text) for phrase in phrases if phrase.purpose == purpose)
    return "vì " + ", ".join(f"“{word}”" for word in words) if words else ""


def _bar(p: float) -> Text:
    filled = round(p * BAR)
    bar = Text("█" * filled + "░" * (BAR - filled))
    bar.stylize("dim", filled)
    return bar.append(f" {percent(p):>5}")


def _notes(decision: Decision) -> list[Text]:
    notes = [Text()]
    if decision.needs_human:
        notes.append(Text("CẦN NGƯỜI XEM: " + "; ".join(decision.reasons), style="bold yellow"))
    else:
        notes.append(Text("Không cần người xem lại.", style="green"))
    for one in sorted(to_record(decision)["deadlines"], key=lambda one: str(one["due"])):
        notes.append(Text(f"Hạn: {deadline(one)}"))
    if decision.repairs:
        fields: dict[str, list[str]] = {}
        for repair in decision.repairs:
            what = f"{REPAIRS.get(repair.kind, repair.kind)} ({number(repair.count)} ký tự)"
            fields.setdefault(FIELDS[repair.field], []).append(what)
        said = "; ".join(f"{field}: {', '.join(kinds)}" for field, kinds in fields.items())
        notes.append(Text(f"Đã sửa chữ trước khi đọc (bản gốc giữ nguyên) – {said}"))
    if decision.holders:
        notes.append(Text(f"Đơn vị theo tổ chức ngày {decision.day.strftime('%d/%m/%Y')}.", style="dim"))
    notes.append(
        Text(f"Mô hình {decision.model}. Nhận ra {percent(decision.proposal.known_share)} cụm từ.", style="dim")
    )
    return notes
