"""`diembao serve` as a process: how it begins, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import numpy as np
import pytest
from api_helpers import Server
from click.testing import CliRunner
from made_items import item

from serve.cli import main
from serve.commands.serve import listen
from serve.settings import Settings


def test_the_server_answers_says_that_it_is_a_demo_and_ends_in_order(server: Server) -> None:
    answer = httpx2.post(f"{server.url}/v1/route", json={**item(1), "body": "Câu mật của bài."})
    code = server.stop(signal.SIGTERM)

    assert answer.status_code == 200
    assert code == 0
    log = server.log()
    assert "CHẾ ĐỘ THỬ" in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"GET /readyz 200", "POST /v1/route 200"} <= {
        f"{line['method']} {line['route']} {line['status']}" for line in lines if line["event"] == "request"
    }
    assert "mật" not in log


def test_a_request_on_its_way_is_answered_before_the_server_ends(server: Server) -> None:
    body = json.dumps(item(1)).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        lines = ["POST /v1/route HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        slow.sendall(head.encode() + body[:10])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{server.url}/healthz")
        slow.sendall(body[10:])
        answer = slow.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"id":"bai-00001"' in answer
    assert server.process.wait(30) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_answers_do_not_wait_for_the_clients_acknowledgement(host: str) -> None:
    with listen(Settings(host=host, port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken_ends_the_server_with_a_reason(server: Server) -> None:
    second = subprocess.run(
        [*server.command, "--port", str(server.port)], capture_output=True, text=True, timeout=120, check=False
    )

    assert second.returncode != 0
    assert "cổng đang bận" in second.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--demo", "--host", "0.0.0.0"], "chỉ chạy trên máy này"),  # noqa: S104
        (["--demo", "--port", "99999"], "cổng phải từ 0 đến 65535"),
        (["--demo", "--model", "khong-co"], "không phải thư mục mô hình đã phát hành"),
    ],
)
def test_a_server_that_cannot_be_says_why(words: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", *words, "--database", str(tmp_path / "d.db")])

    assert done.exit_code == 2
    assert message in done.stderr


def test_a_first_model_that_fails_the_golden_articles_ends_the_server_with_a_reason(
    make_model: Callable[..., Path], arrays: dict[str, np.ndarray], tmp_path: Path
) -> None:
    broken = make_model(tmp_path / "model", version="tiny-bad", weights=np.zeros_like(arrays["weights"]))
    words = ["serve", "--demo", "--port", "0", "--model", str(broken), "--database", str(tmp_path / "d.db")]

    done = subprocess.run(
        [sys.executable, "-m", "serve.cli", *words], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 2
    assert "Lỗi: máy chủ đã dừng vì mô hình đầu tiên không dùng được: mô hình tiny-bad sai" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_is_not_known_ends_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMBAO_PROT", "9000")

    done = CliRunner().invoke(main, ["serve", "--demo"])

    assert done.exit_code == 2
    assert "DIEMBAO_PROT: không có thiết đặt này" in done.stderr
