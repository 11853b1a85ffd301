"""wrk, and what it says. One thread of it, on the load's core."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.servers import LOAD_CORE, Server, pinned

SCRIPT = Path(__file__).with_name("walk.lua")
MISSING = "wrk is not here: `apt install wrk` (Debian, Ubuntu), `brew install wrk`, or build it from github.com/wg/wrk"


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk saw; `cpu_us` is the server's processor time for a request, in microseconds."""

    requests: int
    per_second: float
    cpu_us: float


def require() -> None:
    """End the program where wrk is missing."""
    if shutil.which("wrk") is None:
        sys.exit(MISSING)


def load(
    server: Server, bodies: Path, *, seconds: int, connections: int, route: str | None = None, first: int = 0
) -> Load:
    """Ask as fast as `connections` get answers, beginning with body `first`.

    Ends the program where one request fails: then nothing is measured.
    """
    url = server.url if route is None else server.url.removesuffix(server.route) + route
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT), url, "--"]
    command += [str(bodies), str(first), *server.headers.values()]
    before = server.cpu_seconds()
    done = subprocess.run(pinned(command, core=LOAD_CORE), capture_output=True, text=True, check=True)
    used = server.cpu_seconds() - before
    said = done.stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{server.name} fails under load:\n{said}")
    requests = int(_number(r"(\d+) requests in", said))
    return Load(requests, _number(r"Requests/sec:\s+([\d.]+)", said), 1e6 * used / max(1, requests))


def _number(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    if found is None:
        sys.exit(f"wrk said something else:\n{said}")
    return float(found[1])
