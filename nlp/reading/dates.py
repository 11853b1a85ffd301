"""Dates as Vietnamese newspapers, spreadsheets and feeds write them: the day always comes before the month."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

EXCEL_EPOCH = datetime(1899, 12, 30)
EXCEL_SERIALS = (20_000, 80_000)
"""Serials taken as days since EXCEL_EPOCH: 1954 to 2119; smaller numbers are years or counts, not dates."""
EPOCH_SECONDS = (100_000_000, 4_200_000_000)
"""Numbers taken as seconds since 1970: 1973 to 2103; a thousand times as much is milliseconds."""
YEARS = (1900, 2100)

# Longest first: "muoi mot" before "mot". Written after folding, without accents.
MONTHS = {
    "muoi mot": 11, "muoi hai": 12, "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10, "chap": 12,
}  # fmt: skip

_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})([/.-])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<d>\d{1,2})\s*([/.-])\s*(?P<m>\d{1,2})\s*\2\s*(?P<y>\d{4}|\d{2})(?!\d)")
_WORDS = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})\s*thang\s*(?P<m>\d{{1,2}}|{'|'.join(MONTHS)})\s*,?\s*(?:nam\s*)?(?P<y>\d{{4}})(?!\d)"
)
_TIME = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2})\s*(?::\s*(?P<min>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?|(?:h|gio)\s*(?P<m>\d{2})?(?:\s*phut)?)"
    r"(?:\s*(?P<half>am|pm|sa|ch|sang|trua|chieu|toi)\b)?(?![\d:])"
)
_ZONE = re.compile(r"(?:\b(?:gmt|utc)\s*)?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<min>\d{2}))?(?!\d)|\b(?:gmt|utc)\b")
_FILLER = re.compile(r"\b(?:thu\s*(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|t[2-7]|cn|ngay|luc|vao|hoi)\b|[\s,|()–\-.]+")
_RELATIVE = re.compile(
    r"\b(?:hom (?:qua|nay|kia)|truoc|vua xong|moi day|(?:sang|chieu|toi|dem) (?:nay|qua)|yesterday|today|ago)\b"
)


def parse_date(value: object) -> datetime:
    """A date or time of publication, with a zone where `value` states one, else without.

    Takes datetime and date objects, Excel serials, seconds or milliseconds since 1970, ISO 8601, RFC 2822 and the
    forms of Vietnamese newspapers. Raises ValueError with a reason in Vietnamese.
    """
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime(value.year, value.month, value.day)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_number(value)
    elif isinstance(value, str):
        found = _from_text(value)
    else:
        raise ValueError(f"không phải ngày tháng: kiểu {type(value).__name__}")
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"năm {found.year} nằm ngoài khoảng {YEARS[0]}–{YEARS[1]}")
    return found


def _from_number(number: float) -> datetime:
    if abs(number) > EPOCH_SECONDS[1] * 1000:
        raise ValueError("số quá lớn, không phải ngày tháng")
    if EXCEL_SERIALS[0] <= number < EXCEL_SERIALS[1]:
        # Serials are binary fractions of a day: without rounding, 07:30 becomes 07:29:59.999999.
        return EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
    if EPOCH_SECONDS[0] <= number < EPOCH_SECONDS[1]:
        return datetime.fromtimestamp(number, tz=UTC)
    if EPOCH_SECONDS[0] * 1000 <= number < EPOCH_SECONDS[1] * 1000:
        return datetime.fromtimestamp(number / 1000, tz=UTC)
    if float(number).is_integer() and len(str(int(number))) == 8:
        return _from_iso(str(int(number)))
    raise ValueError(f"số {number:g} không phải ngày tháng")


def _from_text(given: str) -> datetime:
    text = given.strip()
    if len(text) > 100:
        raise ValueError("không đọc được ngày tháng: quá dài")
    if re.fullmatch(r"\d+(?:\.\d+)?", text) and not re.fullmatch(r"\d{1,2}\.\d{1,2}", text):
        return _from_number(float(text))
    if re.match(r"\d{4}-?\d\d-?\d\d(?:$|[T ])", text):
        return _from_iso(text)
    if re.search(r"[A-Za-z]{3},? \d{4} \d\d?:\d\d|\d [A-Z][a-z]{2} \d{4}", text):
        return _from_rfc2822(text)
    return _from_newspaper(_fold(text), given=text)


def _fold(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in marked if not unicodedata.combining(c)).split())


def _from_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        # "2016-05-24 07:30 (GMT+7)" and the like are not ISO 8601 but begin like it.
        return _from_newspaper(re.sub(r"(?<=\d)t(?=\d)", " ", _fold(text)), given=text)


def _from_rfc2822(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        raise ValueError(f"không đọc được ngày tháng “{text}”") from None


def _from_newspaper(text: str, *, given: str) -> datetime:
    day = _YEAR_FIRST.search(text) or _DAY_FIRST.search(text) or _WORDS.search(text)
    if day is None:
        if _RELATIVE.search(text):
            raise ValueError(f"“{given}” là ngày tương đối, không biết tính từ hôm nào")
        raise ValueError(f"không đọc được ngày tháng “{given}”")
    rest = text[: day.start()] + " " + text[day.end() :]
    hour, minute, second, rest = _cut_time(rest, given=given)
    zone, rest = _cut_zone(rest)
    if _FILLER.sub("", rest).rstrip("z"):
        raise ValueError(f"không đọc được ngày tháng “{given}”: thừa “{rest.strip()}”")
    if rest.strip().endswith("z"):
        zone = UTC
    year = _full_year(day["y"])
    month = MONTHS[day["m"]] if day["m"] in MONTHS else int(day["m"])
    try:
        return datetime(year, month, int(day["d"]), hour, minute, second, tzinfo=zone)
    except ValueError:
        raise ValueError(f"không có ngày {int(day['d'])} tháng {month} năm {year} trong lịch (“{given}”)") from None


def _full_year(digits: str) -> int:
    """Two digits as POSIX strptime reads them: 69 to 99 are of the last century."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= 69 else 2000)


def _cut_time(text: str, *, given: str) -> tuple[int, int, int, str]:
    found = _TIME.search(text)
    if found is None:
        return 0, 0, 0, text
    hour, minute, second = int(found["h"]), int(found["min"] or found["m"] or 0), int(found["s"] or 0)
    half = found["half"]
    if half in {"pm", "ch", "chieu", "toi"} and hour < 12:
        hour += 12
    elif half in {"am", "sa"} and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"giờ không hợp lệ trong “{given}”")
    return hour, minute, second, text[: found.start()] + " " + text[found.end() :]


def _cut_zone(text: str) -> tuple[timezone | None, str]:
    found = _ZONE.search(text)
    if found is None:
        return None, text
    rest = text[: found.start()] + " " + text[found.end() :]
    if not found["sign"]:
        return UTC, rest
    offset = timedelta(hours=int(found["h"]), minutes=int(found["min"] or 0))
    if offset > timedelta(hours=14):
        raise ValueError(f"múi giờ không hợp lệ: {found[0]}")
    return timezone(-offset if found["sign"] == "-" else offset), rest


def is_date(text: str) -> bool:
    """Whether `parse_date` can read it."""
    try:
        parse_date(text)
    except ValueError:
        return False
    return True
