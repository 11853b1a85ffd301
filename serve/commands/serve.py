"""`diembao serve`: the prediction API on this machine."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.commands import options
from serve.commands.base import Command
from serve.commands.keys import database_option
from serve.errors import ModelRefused, OptionError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from serve.settings import Settings
    from serve.store import Store


BACKLOG = 2048
"""Connections that may wait to be taken."""
REGISTRY_VARIABLE = "MLFLOW_TRACKING_URI"


@click.command(cls=Command, short_help="Máy chủ API: công cụ khác gửi bài, nhận kết luận.")
@click.option("--host", metavar="ĐỊA_CHỈ", help="Địa chỉ để nghe; mặc định 127.0.0.1, tức chỉ máy này.")
@click.option("--port", type=int, metavar="CỔNG", help="Cổng; mặc định 8600; 0 là cổng trống bất kỳ.")
@click.option("--demo", is_flag=True, default=None, help="Chế độ thử: không cần khóa, chỉ máy này hỏi được.")
@options.model_option
@database_option
def serve(host: str | None, port: int | None, demo: bool | None, model: Path | None, database: Path | None) -> None:
    """Chạy máy chủ API. Tài liệu của API ở địa chỉ /docs. SIGTERM hoặc Ctrl-C: trả lời nốt rồi dừng. Các thiết đặt khác
    đọc từ biến môi trường DIEMBAO_*, kể trong README.

    \b
    Ví dụ:
      diembao serve --demo
      diembao keys create --name thu --scope route && diembao serve
      DIEMBAO_RATE=50 diembao serve --host 0.0.0.0 --port 8600
    """
    from serve.workers import use_one_thread

    use_one_thread()
    import uvicorn

    from serve.api.logs import log_json
    from serve.api.wire import configuration
    from serve.settings import default_database, from_environment
    from serve.store import Store

    chosen = {"host": host, "port": port, "demo": demo, "model": model, "database": database}
    settings = from_environment(os.environ, **chosen)
    store = Store(settings.database or default_database(os.environ))
    failures: list[str] = []

    def give_up(reason: str) -> None:
        failures.append(reason)
        server.should_exit = True

    app = make_app(settings, store, give_up=give_up)
    listener = listen(settings)
    log_json()
    _say(settings, store, port=listener.getsockname()[1])
    # uvicorn drains, then raises the signal again for whoever was there before: an orderly end is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server = uvicorn.Server(configuration(app, settings))
    server.run(sockets=[listener])
    if failures:
        raise ModelRefused(failures[0])


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises OptionError where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # TCP must be named: asyncio sets TCP_NODELAY only then, and without it every answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; a client that takes nothing of its answer is left
            milliseconds = int(settings.body_seconds * 1000)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = "cổng đang bận" if error.errno == errno.EADDRINUSE else str(error)
        raise OptionError(f"không mở được {settings.host}:{settings.port}: {reason}") from error
    return listener


def make_app(settings: Settings, store: Store, *, give_up: Callable[[str], None]) -> FastAPI:
    """The app of --model, or of the released model until the registry, where there is one, names a champion.

    Raises ArtifactError and whatever else loading raises, and MlflowMissing.
    """
    from models.artifacts import RELEASE
    from models.registry import require_mlflow
    from serve.api import sources
    from serve.api.app import create_app

    folder = settings.model or RELEASE
    source: sources.Source = partial(sources.folder, folder)
    first = source()
    # A folder that was named is what is meant, whatever else the environment of this machine says.
    if os.environ.get(REGISTRY_VARIABLE) and settings.model is None:
        require_mlflow()
        source = partial(sources.champion, settings.registered_model)
    loaded = first.load(at=options.now_in_vietnam())
    return create_app(settings, loaded=loaded, store=store, source=source, give_up=give_up)


def _say(settings: Settings, store: Store, *, port: int) -> None:
    """What the one who starts the server must know."""
    click.echo(f"Tài liệu của API: http://{settings.host}:{port}/docs", err=True)
    if settings.demo:
        click.echo("CHẾ ĐỘ THỬ: không cần khóa, mọi chương trình trên máy này đều hỏi được.", err=True)
    elif not any(not key.revoked_at for key in store.all_keys()):
        click.echo("Chưa có khóa nào còn hiệu lực, nên chưa ai hỏi được; tạo bằng: diembao keys create", err=True)
