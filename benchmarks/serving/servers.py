"""The servers that are compared, each a process of its own, all on the same core."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from nlp.types import VIETNAM
from serve.keys import make_key
from serve.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds for a server to get ready; MLflow takes its time."""
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE, LOAD_CORE = CORES[-1], CORES[0]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


@dataclass
class Server:
    """A server, to be used in `with`. `headers` go with every request; what it prints goes to a file."""

    name: str
    command: Sequence[str]
    port: int
    folder: Path
    route: str = "/v1/route"
    ready: str = "/readyz"
    headers: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start it."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIEMBAO_")}
        self.log = self.folder / f"{self.name}.log"
        self.process = subprocess.Popen(
            pinned(self.command, core=SERVER_CORE), cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"), start_new_session=True,
            env={**inherited, **ONE_THREAD, "PYTHONPATH": str(ROOT), **self.environment},
        )  # fmt: skip

    def __enter__(self) -> Server:
        """Wait until it serves; ends the program where it does not."""
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                sys.exit(f"{self.name} does not serve:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{self.ready}", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    @property
    def url(self) -> str:
        """Where articles go."""
        return f"http://127.0.0.1:{self.port}{self.route}"

    def cpu_seconds(self) -> float:
        """Processor time that it and its children have taken."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid))

    def resident_mb(self) -> float:
        """Resident memory."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> None:
        """End it and its children."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def diembao(name: str, folder: Path, *, with_key: bool = True, route: str = "/v1/route", **environment: str) -> Server:
    """`diembao serve`, asked with a key as in real use; no limit of rate."""
    database, port, headers = folder / f"{name}.db", free_port(), {}
    if with_key:
        key, text = make_key(name="benchmark", scopes=("route",), at=datetime.now(VIETNAM).isoformat())
        store = Store(database)
        store.add_key(key)
        store.close()
        headers = {"Authorization": f"Bearer {text}"}
    command = [sys.executable, "-m", "serve.cli", "serve", "--port", str(port), "--database", str(database)]
    command += [] if with_key else ["--demo"]
    environment = {"DIEMBAO_RATE": "0", **environment}
    return Server(name, command, port, folder, route=route, headers=headers, environment=environment)


def bare(name: str, folder: Path, *, record: Path, http: str = "httptools", loop: str = "uvloop") -> Server:
    """The bare FastAPI app of `benchmarks.serving.bare`, which answers with what is in `record`, under uvicorn."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serving.bare", str(port), str(record), http, loop]
    return Server(name, command, port, folder, ready="/openapi.json")


def mlflow(folder: Path) -> Server:
    """`mlflow models serve` with the released model, logged as a training run logs it; nothing leaves the machine."""
    port = free_port()
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    # It looks for a `uvicorn` command, which is there only where the environment is activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**quiet, "PATH": path, "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}"}
    log = [sys.executable, "-m", "benchmarks.serving.logged"]
    done = subprocess.run(
        log, cwd=folder, env={**os.environ, **environment, "PYTHONPATH": str(ROOT)}, check=True, text=True,
        capture_output=True,
    )  # fmt: skip
    model = done.stdout.split()[-1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", model, "--env-manager", "local"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return Server("mlflow", command, port, folder, route="/invocations", ready="/ping", environment=environment)


def pinned(command: Sequence[str], *, core: int) -> list[str]:
    """The command, kept on one core where the system can."""
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else list(command)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
