"""`diembao warm`: compile once, so that the first real run starts at once. Called by `make setup`."""

from __future__ import annotations

import click

from serve.commands.base import Command


@click.command(cls=Command, hidden=True)
def warm() -> None:
    """Dịch sẵn phần tính toán và kiểm tra mô hình phát hành."""
    from serve.workers import Job, score_chunk, use_one_thread

    use_one_thread()
    from nlp.types import Article

    article = Article(
        id="warm",
        title="Giá xăng tăng từ chiều nay",
        lead="Liên Bộ Công Thương – Tài chính vừa điều chỉnh giá bán lẻ xăng dầu.",
        body="Mỗi lít xăng RON 95 tăng 500 đồng. Quy\u0301 I, nhu cầu xăng dầu trong nước tăng nhẹ.",
    )
    score_chunk([article], Job(with_facts=True))
