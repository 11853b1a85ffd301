"""Office files are ZIP archives: what they unpack to is checked in their directory before they are opened."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from nlp.errors import number
from nlp.reading.errors import FileUnreadable

MAX_RATIO = 200
"""Unpacked to packed size of one part. Text packs up to about 20 times, sheets of repeated cells up to about 100."""
RATIO_FREE_BYTES = 1 << 20
"""Parts that unpack to less than this may pack as well as they like."""
MAX_PARTS = 10_000
PROLOG_BYTES = 4096


def check_archive(stream: BinaryIO, *, limit: int, part: str) -> None:
    """Raise FileUnreadable for an archive that is broken, lacks `part`, or unpacks to more than `limit` bytes.

    The sizes of the directory can be trusted as bounds: zipfile never unpacks more than they say.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_parts(archive, limit=limit, part=part)
    except zipfile.BadZipFile:
        raise FileUnreadable("tệp bị hỏng hoặc bị cắt cụt: không phải một tệp ZIP trọn vẹn") from None
    stream.seek(0)


def _check_parts(archive: zipfile.ZipFile, *, limit: int, part: str) -> None:
    parts = archive.infolist()
    total = sum(info.file_size for info in parts)
    if total > limit or len(parts) > MAX_PARTS:
        unpacked = f"tệp nén bung ra {number(total)} byte ({len(parts)} phần)"
        raise FileUnreadable(f"{unpacked}, quá giới hạn {number(limit)} byte")
    for info in parts:
        if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * info.compress_size:
            raise FileUnreadable(f"tệp nén đáng ngờ (zip bomb): phần {info.filename} nén hơn {MAX_RATIO} lần")
        if info.flag_bits & 1:
            raise FileUnreadable("tệp được đặt mật khẩu")
    if part not in archive.namelist():
        raise FileUnreadable(f"tệp ZIP không có phần {part}, không phải tệp Office như đuôi tệp nói")
    for info in parts:
        if info.filename.endswith((".xml", ".rels")):
            with archive.open(info) as content:
                if b"<!DOCTYPE" in content.read(PROLOG_BYTES):
                    raise FileUnreadable(f"phần {info.filename} khai báo DOCTYPE, tệp Office không được có")
