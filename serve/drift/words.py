"""Alarms in words: what changed, where, from how much to how much, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from models.drift import Alarm
from models.drift.traffic import NO_SOURCE, OTHER_SOURCES, TOPIC
from nlp.heads import TOPICS
from serve.words import decimal, one_line


@dataclass(frozen=True, slots=True)
class Words:
    """How a signal is called, how its values are written (percent, number, chars), what to do as it rises, falls."""

    name: str
    unit: str
    rises: str
    falls: str


WORDS = {
    "silence": Words(
        "im lặng, không có bài nào", "number", "",
        "Kiểm tra kết nối và bộ thu tin; nếu nguồn đã ngừng hẳn, chạy lại với --since là ngày sau đó."),
    "volume": Words(
        "lượng bài", "percent",
        "Xem có bài gửi trùng không; nếu nguồn thật sự đăng nhiều hơn thì không cần làm gì.",
        "Kiểm tra bộ thu có bỏ sót chuyên mục hay trang nào của nguồn không."),
    "faulty": Words(
        "tỷ lệ bài lỗi phông hoặc mất dấu", "percent",
        "Mở vài bài gốc của nguồn: bảng mã hoặc phông đã đổi; báo bên gửi sửa. Bài mất dấu phải có người xem.",
        "Nguồn đã gửi chữ sạch hơn; không cần làm gì."),
    "log_chars": Words(
        "độ dài bài", "chars",
        "Mở vài bài: nội dung có thể lẫn menu, quảng cáo, mã HTML; sửa bộ tách bài.",
        "Mở vài bài: nội dung có thể bị cắt, hoặc chỉ còn tiêu đề và sapo; sửa bộ thu."),
    "known_share": Words(
        "tỷ lệ cụm từ mô hình nhận ra", "percent",
        "Bài giống dữ liệu đã học hơn trước; xem nguồn có đăng lại bài cũ hay gửi thêm nội dung thừa không.",
        "Mở vài bài: chữ hỏng, tiếng nước ngoài, hay từ mới? Nếu là tin mới: gán nhãn vài chục bài, huấn luyện lại."),
    "topic_p": Words(
        "độ chắc chắn về chủ đề", "percent",
        "Mô hình chắc hơn trước; nếu không rõ vì sao, hãy kiểm tra vài bài.",
        "Tin mới khác dữ liệu đã học; hãy gán nhãn một mẫu bài mới và huấn luyện lại."),
    "needs_human": Words(
        "tỷ lệ bài cần người xem", "percent",
        "Xem cột lý do (reasons) của các bài này; nếu phần lớn là “chưa chắc” thì gán nhãn và huấn luyện lại.",
        "Ít bài phải xem hơn; hãy kiểm tra ngẫu nhiên vài bài không cần người xem."),
    "urgent": Words(
        "tỷ lệ bài cần xử lý hoặc nóng", "percent",
        "Nếu báo chí không thật sự nóng lên thì mô hình báo quá tay: sửa các bài sai và huấn luyện lại.",
        "Kiểm tra có bài nóng nào bị bỏ qua không."),
    "topic": Words(
        "tỷ lệ bài của chủ đề", "percent",
        "Nếu báo chí đúng là viết nhiều về việc này thì không phải lỗi; nếu không, sửa các bài sai và huấn luyện lại.",
        "Xem các bài đúng chủ đề này đang bị xếp vào đâu, hoặc nguồn nào thiếu."),
}  # fmt: skip


def words_of(signal: str) -> Words:
    """The words of a signal (models.drift.signals)."""
    return WORDS[signal.partition(":")[0].removesuffix("_all")]


def subject(signal: str, source: str | None) -> str:
    """ "Báo A: lượng bài", "tỷ lệ bài của chủ đề Điện lực"."""
    name = words_of(signal).name
    if signal.startswith(TOPIC):
        code = signal.removeprefix(TOPIC)
        name = f"{name} {TOPICS.get(code, code)}"
    if source is not None:
        return f"{source_name(source)}: {name}"
    return f"mọi nguồn: {name}" if signal in ("silence", "volume") else name


def source_name(source: str) -> str:
    """A source as people read it."""
    return {NO_SOURCE: "(không ghi nguồn)", OTHER_SOURCES: "(các nguồn khác)"}.get(source) or one_line(source)


def value(signal: str, amount: float) -> str:
    """ "4,2 %", "1.950 ký tự", "30 bài/ngày"."""
    unit = words_of(signal).unit
    if unit == "percent":
        return f"{decimal(100 * amount)} %"
    if unit == "chars":
        return f"{decimal(amount, 0)} ký tự"
    return f"{decimal(amount, 0 if amount >= 10 or amount == 0 else 1)} bài/ngày"


def advice(alarm: Alarm) -> str:
    """What to do."""
    words = words_of(alarm.signal)
    return words.rises if alarm.now > alarm.usual else words.falls


def sentence(alarm: Alarm) -> str:
    """The whole alarm in one sentence."""
    what = subject(alarm.signal, alarm.source)
    usual, now = value(alarm.signal, alarm.usual), value(alarm.signal, alarm.now)
    return f"{what}: từ {alarm.since:%d/%m/%Y} là {now}, bình thường {usual}. {advice(alarm)}"
