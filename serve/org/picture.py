"""The units through time on one page: SVG as text, the same for the same data, for any printer and screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree as Xml

from nlp.organisation import KINDS, Organisation, Unit
from serve.org import words
from serve.org.lanes import Flow, Lanes, lay
from serve.org.layout import FOOT, LINE, MARGIN, PAD, PAGE, PER_MM, Layout, head, lay_out
from serve.org.measure import BOLD, width, wrap
from serve.words import one_line

FONTS = "Arial, Helvetica, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans Condensed', 'DejaVu Sans', sans-serif"
INK, FAINT, PAPER = "#1d2733", "#5b6673", "#ffffff"
STAYS, MOVES, UNSURE = "0.16", "0.5", "0.22"
"""Opacity of flows."""
DASHES = "3 2"

COLOURS = {
    "Vụ": ("#dce8f6", "#3a6ea8"),
    "Cục": ("#d6eeea", "#1f7a70"),
    "Tổng cục": ("#e6def3", "#6a4a9c"),
    "Thanh tra": ("#f8dfdc", "#a8443a"),
    "Văn phòng": ("#efe8d2", "#8a7326"),
    "Ủy ban": ("#fbe5cf", "#b0651b"),
    "sự nghiệp": ("#e2efd5", "#527a2c"),
    "ngoài danh sách": ("#ececec", "#6f6f6f"),
    "ngoài Bộ": ("#ececec", "#6f6f6f"),
}
"""Kind -> fill and line; others as those outside."""


def draw(organisation: Organisation, *, first: date | None = None, last: date | None = None) -> str:
    """The picture as SVG. Raises OptionError and OrganisationError as `lanes.lay` does."""
    lanes = lay(organisation, first=first, last=last)
    layout = lay_out(lanes)
    svg = _page(lanes)
    _put_heads(svg, layout)
    for flow in sorted(lanes.flows, key=lambda one: not one.stays):
        _put_flow(svg, layout, flow)
    for column in range(len(lanes.columns)):
        for unit in lanes.units(column):
            _put_unit(svg, layout, unit, column, organisation)
    _put_legend(svg, lanes)
    Xml.indent(svg, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(svg, encoding="unicode") + "\n"


def _page(lanes: Lanes) -> Xml.Element:
    svg = Xml.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "width": f"{PAGE[0] // PER_MM}mm", "height": f"{PAGE[1] // PER_MM}mm",
        "viewBox": f"0 0 {PAGE[0]} {PAGE[1]}", "role": "img", "aria-labelledby": "title desc", "lang": "vi",
        "font-family": FONTS, "fill": INK,
    })  # fmt: skip
    title = f"Các đơn vị của Bộ Công Thương, {words.day(lanes.columns[0].day)} – {words.day(lanes.last)}"
    Xml.SubElement(svg, "title", {"id": "title"}).text = title
    Xml.SubElement(svg, "desc", {"id": "desc"}).text = _description(lanes)
    Xml.SubElement(svg, "rect", {"width": str(PAGE[0]), "height": str(PAGE[1]), "fill": PAPER})
    _text(svg, MARGIN, 42, title, size=21, bold=True)
    says = "Mỗi cột là một lần sắp xếp, mỗi làn một đơn vị; dải nối chỉ đơn vị nào đổi tên, gộp, tách thành đơn vị nào."
    _text(svg, MARGIN, 58, f"{says} Chiều ngang không theo tỷ lệ thời gian.", size=10.5, fill=FAINT)
    return svg


def _description(lanes: Lanes) -> str:
    """The picture in words, for those who cannot see it."""
    parts = []
    for place, column in enumerate(lanes.columns):
        numbers, day, count = head(column)
        parts.append(f"{numbers}, {day}: {count}.")
        names = [{unit.id: unit.name for unit in lanes.units(at)} for at in (max(place - 1, 0), place)]
        ways: dict[str, list[str]] = {}
        for flow in lanes.flows:
            if flow.column == place and not flow.stays:
                ways.setdefault(names[0][flow.old], []).append(names[1][flow.new])
        parts += [f"{old} → {', '.join(new)}." for old, new in ways.items()]
    return one_line(" ".join(parts))


def _put_heads(svg: Xml.Element, layout: Layout) -> None:
    for column, left, wide in zip(layout.lanes.columns, layout.lefts, layout.widths, strict=True):
        numbers, day, count = head(column)
        sure = all(words.sure(decree.confidence) for decree in column.decrees)
        group = Xml.SubElement(svg, "g")
        says = "; ".join(
            f"{one.number}: {one.title}. Nguồn: {one.source}, hạng {one.confidence}" for one in column.decrees
        )
        Xml.SubElement(group, "title").text = one_line(says)
        _text(group, left, 79, _short(numbers, wide, size=9.5, bold=True), size=9.5, bold=True)
        _text(group, left, 90, _short(day, wide, size=8.5), size=8.5, fill=FAINT)
        _text(group, left, 105, _short(count, wide, size=14, bold=True), size=14, bold=True)
        line = {"x1": _n(left), "x2": _n(left + wide), "y1": "110", "y2": "110", "stroke": INK, "stroke-width": "1.2"}
        Xml.SubElement(group, "line", line | ({} if sure else {"stroke-dasharray": "4 2.5"}))


def _short(says: str, room: float, *, size: float, bold: bool = False) -> str:
    """One line, cut where it has no room."""
    return "".join(wrap(says, room=room, size=size * (BOLD if bold else 1), most=1))


def _put_unit(svg: Xml.Element, layout: Layout, unit: Unit, column: int, organisation: Organisation) -> None:
    lane = layout.lanes.lanes[unit.id]
    left, top, height = layout.lefts[column], layout.tops[lane], layout.heights[lane]
    fill, line = COLOURS.get(unit.kind, COLOURS["ngoài Bộ"])
    group = Xml.SubElement(svg, "g")
    life = organisation.lives[unit.id]
    says = f"{unit.name}, {words.life(life.opened, life.closed)}. Nguồn: {unit.source}, hạng"
    Xml.SubElement(group, "title").text = one_line(f"{says} {words.grade(unit.confidence)}")
    box = {"x": _n(left), "y": _n(top), "width": _n(layout.widths[column]), "height": _n(height), "rx": "2"}
    dashes = {} if words.sure(unit.confidence) else {"stroke-dasharray": DASHES}
    Xml.SubElement(group, "rect", box | {"fill": fill, "stroke": line, "stroke-width": "0.8"} | dashes)
    parts = layout.labels.get((unit.id, column), [])
    step = layout.size * LINE
    for place, part in enumerate(parts):
        middle = top + height / 2 + (place - (len(parts) - 1) / 2) * step
        _text(group, left + PAD, middle + layout.size * 0.35, part, size=layout.size)
    if _ends_here(layout.lanes, unit.id, column):
        _put_end(group, left + layout.widths[column] + 7, top + height / 2, line)


def _ends_here(lanes: Lanes, unit: str, column: int) -> bool:
    """Whether a unit ends after a column and nothing follows it."""
    goes_on = any(flow.old == unit and flow.column == column + 1 for flow in lanes.flows)
    return column + 1 < len(lanes.columns) and not goes_on


def _put_end(group: Xml.Element, x: float, y: float, colour: str) -> None:
    strokes = f"M{_n(x - 3)} {_n(y - 3)}L{_n(x + 3)} {_n(y + 3)}M{_n(x - 3)} {_n(y + 3)}L{_n(x + 3)} {_n(y - 3)}"
    Xml.SubElement(group, "path", {"d": strokes, "stroke": colour, "stroke-width": "1.4", "fill": "none"})


def _put_flow(svg: Xml.Element, layout: Layout, flow: Flow) -> None:
    """A ribbon from the edge of one box to that of another, its share of either's height."""
    x1 = layout.lefts[flow.column - 1] + layout.widths[flow.column - 1]
    x2, middle = layout.lefts[flow.column], (x1 + layout.lefts[flow.column]) / 2
    top1, bottom1 = _share(layout, flow, leaves=True)
    top2, bottom2 = _share(layout, flow, leaves=False)
    kind = layout.lanes.columns[flow.column - 1].structure.units[flow.old].kind
    colour = COLOURS.get(kind, COLOURS["ngoài Bộ"])[1]
    path = (
        f"M{_n(x1)} {_n(top1)}C{_n(middle)} {_n(top1)} {_n(middle)} {_n(top2)} {_n(x2)} {_n(top2)}"
        f"L{_n(x2)} {_n(bottom2)}C{_n(middle)} {_n(bottom2)} {_n(middle)} {_n(bottom1)} {_n(x1)} {_n(bottom1)}Z"
    )
    looks = {"d": path, "fill": colour, "fill-opacity": STAYS if flow.stays else MOVES}
    if not flow.verified:
        looks |= {"fill-opacity": UNSURE, "stroke": colour, "stroke-width": "0.8", "stroke-dasharray": DASHES}
    Xml.SubElement(svg, "path", looks)


def _share(layout: Layout, flow: Flow, *, leaves: bool) -> tuple[float, float]:
    """Top and bottom of a flow where it leaves a unit, or reaches one; flows lie in the order of their other ends."""
    lanes = layout.lanes.lanes
    beside = [one for one in layout.lanes.flows if one.column == flow.column]
    if leaves:
        unit, order = flow.old, sorted((one for one in beside if one.old == flow.old), key=lambda one: lanes[one.new])
    else:
        unit, order = flow.new, sorted((one for one in beside if one.new == flow.new), key=lambda one: lanes[one.old])
    top, height, place = layout.tops[lanes[unit]], layout.heights[lanes[unit]], order.index(flow)
    return top + height * place / len(order), top + height * (place + 1) / len(order)


def _put_legend(svg: Xml.Element, lanes: Lanes) -> None:
    """One line of signs with their meaning, as large as the page is wide, then the sources."""
    signs = list(_signs(lanes))
    room, y = PAGE[0] - 2 * MARGIN, PAGE[1] - FOOT + 24.0
    taken = sum(width(says, size=9) + 34 for says, _ in signs) - 14
    size, x = 9 * min(1, room / taken), float(MARGIN)
    for says, looks in signs:
        if looks:
            box = {"x": _n(x), "y": _n(y - 0.85 * size), "width": _n(1.7 * size), "height": _n(1.1 * size), "rx": "2"}
            Xml.SubElement(svg, "rect", box | {"stroke-width": "0.8"} | looks)
        else:
            _put_end(svg, x + 0.85 * size, y - 0.33 * size, INK)
        _text(svg, x + 2.2 * size, y, says, size=size)
        x += width(says, size=size) + 34 * size / 9
    for place, line in enumerate(wrap(_sources(lanes), room=room, size=8, most=2)):
        _text(svg, MARGIN, y + 17 + 10 * place, line, size=8, fill=FAINT)


def _signs(lanes: Lanes) -> Iterator[tuple[str, dict[str, str]]]:
    """(meaning, looks of its field) for the legend; the cross of an end has no field."""
    drawn = [(unit, at) for at in range(len(lanes.columns)) for unit in lanes.units(at)]
    for kind in sorted({unit.kind for unit, _ in drawn}, key=list(KINDS).index):
        fill, line = COLOURS.get(kind, COLOURS["ngoài Bộ"])
        yield kind, {"fill": fill, "stroke": line}
    colour = COLOURS["Cục"][1]
    yield "giữ nguyên", {"fill": colour, "fill-opacity": STAYS}
    yield "đổi tên, gộp, tách", {"fill": colour, "fill-opacity": MOVES}
    yield "chưa kiểm chứng (hạng C, D)", {"fill": PAPER, "stroke": INK, "stroke-dasharray": DASHES}
    if any(_ends_here(lanes, unit.id, at) for unit, at in drawn):
        yield "kết thúc, nơi nhận chưa rõ", {}


def _sources(lanes: Lanes) -> str:
    numbers = dict.fromkeys(decree.number for column in lanes.columns for decree in column.decrees)
    says = f"Nguồn: {'; '.join(numbers)}; từng đơn vị có nguồn và hạng riêng trong dữ liệu tổ chức của diembao."
    if lanes.left_out:
        says += f" Không vẽ (ngoài danh sách): {'; '.join(unit.name for unit in lanes.left_out)}."
    return one_line(says)


def _text(
    parent: Xml.Element, x: float, y: float, says: str, *, size: float, bold: bool = False, fill: str = ""
) -> None:
    looks = {"x": _n(x), "y": _n(y), "font-size": _n(size)}
    if bold:
        looks["font-weight"] = "bold"
    if fill:
        looks["fill"] = fill
    Xml.SubElement(parent, "text", looks).text = one_line(says)


def _n(value: float) -> str:
    """A number of at most two places, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
