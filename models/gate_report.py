"""The gate's report: one HTML page in Vietnamese, without scripts and without the network. No text of an article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from models.gate import Change, Outcome
from models.paired import UnitFate
from models.rules import MARGINS, Finding, Verdict
from nlp.heads import UNITS, URGENCY

SHOWN_CHANGES = 200
WORDS = {Verdict.PASSES: "Đạt", Verdict.ASKS: "Cần người quyết định", Verdict.FAILS: "Không đạt"}
MEANING = {
    Verdict.PASSES: "Không có mặt nào kém mô hình đang dùng quá mức cho phép. Có thể thay.",
    Verdict.ASKS: "Chưa thấy mặt nào chắc chắn kém, nhưng số bài không đủ để loại trừ. Người có trách nhiệm xem những "
    "dòng dưới đây; nếu chấp nhận, chạy lại với --override, nêu tên và lý do.",
    Verdict.FAILS: "Có mặt kém hơn mô hình đang dùng. Không nên thay.",
}
KINDS = {-1: "kém đi", 0: "vẫn sai", 1: "tốt lên"}

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem;font-size:.9rem}
th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.v{display:inline-block;padding:.1rem .6rem;border-radius:.4rem;color:#fff;white-space:nowrap}
.v0{background:#1a7f37}.v1{background:#9a6700}.v2{background:#c0392b}
.big{font-size:1.4rem}
.wide{overflow-x:auto}
svg{display:block}
small{color:#777}
@media print{details{display:block}}
"""


def write_report(
    path: Path, outcome: Outcome, *, at: datetime, waived: Sequence[str] = (), by: str = "", reason: str = ""
) -> None:
    """Write the page of `outcome` to `path`; `waived` rules were set aside by a person for a reason."""
    path.write_text(page(outcome, at=at, waived=waived, by=by, reason=reason), encoding="utf-8")


def page(outcome: Outcome, *, at: datetime, waived: Sequence[str] = (), by: str = "", reason: str = "") -> str:
    """The whole page."""
    parts = [
        _head(outcome, at),
        _why(outcome),
        _waived(outcome, waived, by, reason),
        _rules(outcome.findings, waived),
        _units(outcome.units),
        _changes(outcome.changes),
        _notes(),
    ]
    title = escape(f"Xét mô hình {outcome.candidate}")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    head = f"<head>{head}<style>{STYLE}</style></head>"
    return f'<!doctype html>\n<html lang="vi">{head}<body>{"".join(parts)}</body></html>\n'


def framed(page: str, *, height: int = 700) -> str:
    """A page within another one, as a notebook shows it: its style stays its own, and nothing in it can run."""
    style = f"width:100%;height:{height}px;border:1px solid #8886"
    return f'<div><iframe sandbox srcdoc="{escape(page)}" style="{style}"></iframe></div>'


def _head(outcome: Outcome, at: datetime) -> str:
    better = ""
    if outcome.verdict is Verdict.PASSES:
        title = escape(MARGINS[outcome.headline].title)
        better = (
            f"<p><strong>Tốt hơn rõ rệt</strong> về số đo chính: {title}.</p>"
            if outcome.is_better
            else f"<p>Chưa thể nói là tốt hơn: chênh lệch của số đo chính ({title}) có thể do ngẫu nhiên.</p>"
        )
    return (
        f"<h1>Xét mô hình {escape(outcome.candidate or '(không nạp được)')}</h1>"
        f"<p>So với mô hình đang dùng {escape(outcome.champion)}, lúc {at:%H:%M ngày %d/%m/%Y}, "
        f"trên {outcome.rows} bài để riêng, mới nhất, không dùng để huấn luyện.</p>"
        f'<p class="big">{_badge(outcome.verdict)}</p><p>{escape(MEANING[outcome.verdict])}</p>'
        f"{better}"
    )


def _why(outcome: Outcome) -> str:
    wrong = sorted((f for f in outcome.findings if f.verdict), key=lambda f: -f.verdict)
    if not wrong:
        return ""
    rows = "".join(
        f"<li>{_badge(f.verdict)} <strong>{escape(f.title)}</strong>: {escape(f.reason)}</li>" for f in wrong
    )
    return f"<h2>Vì sao</h2><ul>{rows}</ul>"


def _waived(outcome: Outcome, waived: Sequence[str], by: str, reason: str) -> str:
    titles = [f.title for f in outcome.findings if f.rule in waived]
    if not titles:
        return ""
    return f"<p>Đã bỏ qua: {escape(', '.join(titles))}. Người quyết định: {escape(by)}. Lý do: {escape(reason)}.</p>"


def _rules(findings: Sequence[Finding], waived: Sequence[str]) -> str:
    head = _row(
        "th",
        ["Quy tắc", "Mức cho phép", "Ứng viên", "Đang dùng", "Chênh lệch, khoảng tin cậy", "", "Kết luận"],
        n=(2, 3),
    )
    rows = []
    for f in findings:
        gap = (
            ""
            if f.low is None or f.high is None
            else f"{_signed(_gap(f))}<br><small>{_signed(f.low)} … {_signed(f.high)}</small>"
        )
        note = " <small>(đã bỏ qua)</small>" if f.rule in waived else ""
        less = " <small>(thấp là tốt)</small>" if f.lower_is_better else ""
        cells = [
            f"{escape(f.title)}{less}<br><small>{escape(f.rule)}</small>", escape(f.limit), _number(f.candidate),
            _number(f.champion), gap, _bar(f), f"{_badge(f.verdict)}{note}<br><small>{escape(f.reason)}</small>",
        ]  # fmt: skip
        rows.append(_row("td", cells, n=(2, 3)))
    return f'<h2>Từng quy tắc</h2><div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _bar(f: Finding) -> str:
    """The interval as a line, 0 as a stroke, the margin as a dashed one; better is always to the right."""
    if f.low is None or f.high is None or not f.margin:
        return ""
    sign = -1 if f.lower_is_better else 1
    low, high = sorted((sign * f.low, sign * f.high))
    reach = max(1.25 * f.margin, abs(low), abs(high))
    at = [60 + 55 * value / reach for value in (low, high, sign * _gap(f), -f.margin)]
    return (
        '<svg width="120" height="18" role="img" aria-label="khoảng tin cậy">'
        '<line x1="60" y1="1" x2="60" y2="17" stroke="#888"/>'
        f'<line x1="{at[3]:.1f}" y1="1" x2="{at[3]:.1f}" y2="17" stroke="#c0392b" stroke-dasharray="2 2"/>'
        f'<line x1="{at[0]:.1f}" y1="9" x2="{at[1]:.1f}" y2="9" stroke="#36c" stroke-width="3"/>'
        f'<circle cx="{at[2]:.1f}" cy="9" r="3.5" fill="#36c"/></svg>'
    )


def _units(units: Sequence[UnitFate]) -> str:
    if not units:
        return ""
    head = _row("th", ["Đơn vị", "Bài để riêng", "Đúng, đang dùng", "Đúng, ứng viên", "Mất", "Thêm", "p đã hiệu chỉnh",
                       "Mọi bài có nhãn", "Nhận ra, đang dùng", "Nhận ra, ứng viên"], n=range(1, 10))  # fmt: skip
    rows = [
        _row("td", [f"{u.code} – {escape(UNITS[u.code])}", str(u.rows), str(u.right_before), str(u.right), str(u.lost),
                    str(u.won), _number(u.p), str(u.seen), str(u.kept_before), str(u.kept)], n=range(1, 10))
        for u in sorted(units, key=lambda unit: (unit.p, -unit.fall, -unit.rows))
    ]  # fmt: skip
    return (
        "<h2>Từng đơn vị</h2><p>Các bài mà nhãn giao cho đơn vị. “Mất”: trước đúng, nay sai; “thêm”: ngược lại.</p>"
        f'<div class="wide"><table>{head}{"".join(rows)}</table></div>'
    )


def _changes(changes: Sequence[Change]) -> str:
    if not changes:
        return "<h2>Quyết định nào đổi</h2><p>Không có.</p>"
    counts = {kind: sum(change.kind == kind for change in changes) for kind in KINDS}
    said = ", ".join(f"{words} {counts[kind]}" for kind, words in KINDS.items())
    head = _row("th", ["Bài", "Điều gì", "Nhãn", "Đang dùng", "Ứng viên", "", "Mức của nhãn"], n=())
    rows = [
        _row("td", [escape(c.id), c.what, *(escape(code) or "–" for code in (c.label, c.champion, c.candidate)),
                    KINDS[c.kind], URGENCY[str(c.urgency)]], n=())
        for c in changes[:SHOWN_CHANGES]
    ]  # fmt: skip
    more = f"<p>Còn {len(changes) - SHOWN_CHANGES} dòng nữa.</p>" if len(changes) > SHOWN_CHANGES else ""
    return (
        f"<h2>Quyết định nào đổi</h2><p>{len(changes)} quyết định đổi: {said}.</p>"
        '<details open><summary>Danh sách</summary><div class="wide">'
        f"<table>{head}{''.join(rows)}</table></div>{more}</details>"
    )


def _notes() -> str:
    return (
        "<h2>Cách đọc</h2><p>Chênh lệch là ứng viên trừ mô hình đang dùng, trên cùng những bài ấy. Khoảng tin cậy lấy "
        "mẫu lại theo chùm tin, nên bài đăng lại không làm khoảng hẹp đi. Trong hình, bên phải là tốt lên; "
        "vạch đỏ là mức cho phép. Đạt khi cả khoảng ở bên phải vạch đỏ. Nếu khoảng chạm vạch đỏ: không đạt khi chắc "
        "chắn kém đi, kể cả sau khi tính rằng nhiều số đo được xét cùng lúc; còn lại thì cần người quyết định. Tổn "
        "thất log tính từ xác suất mà kết quả tự nêu, nên lộ ra sự quá tự tin hoặc quá dè dặt sớm hơn tỷ lệ đúng. "
        "Mức của từng quy tắc ở models/gate.toml.</p>"
    )


def _gap(f: Finding) -> float:
    return (f.candidate or 0.0) - (f.champion or 0.0)


def _row(cell: str, cells: Sequence[str], *, n: Iterable[int]) -> str:
    right = set(n)
    return (
        "<tr>"
        + "".join(f"<{cell}{' class=n' * (k in right)}>{text}</{cell}>" for k, text in enumerate(cells))
        + "</tr>"
    )


def _badge(verdict: Verdict) -> str:
    return f'<span class="v v{int(verdict)}">{WORDS[verdict]}</span>'


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".replace(".", ",")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace(".", ",").replace("-", "−")
