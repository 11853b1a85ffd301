"""The API under load, against a bare FastAPI app, MLflow's server and the command line: `python -m benchmarks.api`.

All servers stand on one core and the load comes from another; rounds alternate between them, and medians are
compared. Needs wrk. With DIEMBAO_CORPORA set the articles are real ones, else sample clippings. Prints a table.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.serving import bodies, clients, servers, swap, wrk
from benchmarks.serving.bodies import Bodies

CONNECTIONS = 32
BATCH_CONNECTIONS = 4
ROUNDS = 5
SECONDS = 4
"""Of one run of wrk."""
HALF_SECONDS = 20.0
WARM_UP, REQUESTS = 5_000, 200_000
SWAPS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    wanted: str
    measured: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where files lie, what is asked, how long."""

    folder: Path
    bodies: Bodies
    rounds: int
    seconds: int
    requests: int


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def peers(bench: Bench) -> Iterator[Row]:
    """One article a request, of all servers; then the time of an answer at half of the peak."""
    say("starting the servers; MLflow takes a while ...")
    one = bench.bodies.one
    with ExitStack() as started:
        ours = started.enter_context(servers.diembao("diembao", bench.folder))
        demo = started.enter_context(servers.diembao("diembao-demo", bench.folder, with_key=False))
        bare = started.enter_context(servers.bare("bare", bench.folder, record=bench.bodies.record))
        plain = started.enter_context(
            servers.bare("plain", bench.folder, record=bench.bodies.record, http="h11", loop="asyncio")
        )
        mlflow = started.enter_context(servers.mlflow(bench.folder))
        runs = _alternating(
            bench,
            {
                "diembao": lambda s: wrk.load(ours, one, seconds=s, connections=CONNECTIONS),
                "bare": lambda s: wrk.load(bare, one, seconds=s, connections=CONNECTIONS),
                "demo": lambda s: wrk.load(demo, one, seconds=s, connections=CONNECTIONS),
                "typed": lambda s: wrk.load(bare, one, seconds=s, connections=CONNECTIONS, route="/typed"),
                "plain": lambda s: wrk.load(plain, one, seconds=s, connections=CONNECTIONS, route="/typed"),
                "unseen": lambda s: wrk.load(
                    ours, one, seconds=s, connections=CONNECTIONS, route="/v1/route?evidence=false"
                ),
                "mlflow": lambda s: wrk.load(mlflow, bench.bodies.mlflow, seconds=s, connections=CONNECTIONS),
            },
        )
        mlflow.stop()
        yield from _ratios(runs)
        yield _half(ours, bench, peak=_median(runs["diembao"]))


def _alternating(bench: Bench, asked: dict[str, Callable[[int], wrk.Load]]) -> dict[str, list[wrk.Load]]:
    for ask in asked.values():
        ask(bench.seconds)  # warm: the servers have just begun, and MLflow goes on beginning for a while
    runs: dict[str, list[wrk.Load]] = {name: [] for name in asked}
    for number in range(bench.rounds):
        for name, ask in asked.items():
            runs[name].append(ask(bench.seconds))
        latest = ", ".join(f"{name} {found[-1].per_second:.0f}" for name, found in runs.items())
        say(f"round {number + 1} of {bench.rounds}, requests/s: {latest}")
    return runs


def _median(loads: Sequence[wrk.Load]) -> float:
    return statistics.median(load.per_second for load in loads)


def _ratios(runs: dict[str, list[wrk.Load]]) -> list[Row]:
    def said(name: str) -> str:
        rates = [load.per_second for load in runs[name]]
        cpu = statistics.median(load.cpu_us for load in runs[name])
        return f"{_median(runs[name]):,.0f}/s ({min(rates):,.0f}-{max(rates):,.0f}), {cpu:,.0f} µs of processor"

    def ratio(name: str, *, of: str = "diembao") -> str:
        """The median of the rounds' own ratios: a slow moment of the machine slows both."""
        pairs = zip(runs[of], runs[name], strict=True)
        return f"{statistics.median(ours.per_second / theirs.per_second for ours, theirs in pairs):.2f}"

    return [
        Row("one article a request, with a key", "", said("diembao")),
        Row("the same in demo mode, without a key", "", said("demo")),
        Row("the same without evidence", "", said("unseen")),
        Row(f"FastAPI route with types in and out, uvicorn's pure Python: {said('plain')}", "0.6", ratio("plain")),
        Row(f"the same under our uvicorn: {said('typed')}", "0.6", ratio("typed")),
        Row(f"FastAPI route, orjson and ready bytes, our uvicorn: {said('bare')}", "0.6", ratio("bare")),
        Row("our answers without evidence against the last", "", ratio("bare", of="unseen")),
        Row(f"`mlflow models serve`, the same model: {said('mlflow')}", "8", ratio("mlflow")),
    ]


def _half(server: servers.Server, bench: Bench, *, peak: float) -> Row:
    say(f"half of the peak, {peak / 2:.0f} requests/s for {HALF_SECONDS:g} s ...")
    contents = bench.bodies.one.read_bytes().split(b"\n")
    gc.disable()  # of the load, not of the server: walking over all the articles takes it 0.1 s, which would count
    times = asyncio.run(clients.paced(server, contents, rate=peak / 2, seconds=HALF_SECONDS))
    gc.enable()
    half, p99 = (1000 * _quantile(times.answered, share) for share in (0.5, 0.99))
    late = 1000 * _quantile(times.late, 0.99)
    what = f"p99 at half of the peak, {len(times.answered) / HALF_SECONDS:,.0f} requests/s"
    return Row(what, "under 15 ms", f"{p99:.1f} ms (median {half:.1f} ms; sent at most {late:.1f} ms late in 99 %)")


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def batch(bench: Bench) -> list[Row]:
    """Articles a second in batches, against the command line on the same core."""
    ours, theirs = [], []
    with servers.diembao("diembao-batch", bench.folder, route="/v1/route/batch") as server:
        wrk.load(server, bench.bodies.batch, seconds=2, connections=BATCH_CONNECTIONS)
        for number in range(bench.rounds):
            found = wrk.load(server, bench.bodies.batch, seconds=bench.seconds, connections=BATCH_CONNECTIONS)
            ours.append(bodies.BATCH * found.per_second)
            theirs.append(_command_line(bench))
            say(f"round {number + 1} of {bench.rounds}, articles/s: batch {ours[-1]:.0f}, score {theirs[-1]:.0f}")
    ratio = statistics.median(mine / peer for mine, peer in zip(ours, theirs, strict=True))
    what = f"batch of {bodies.BATCH}: articles a second against `diembao score --jobs 1` without its start"
    said = f"{statistics.median(ours):,.0f}/s against {statistics.median(theirs):,.0f}/s"
    return [Row(what, "0.7", f"{ratio:.2f} ({said})")]


def _command_line(bench: Bench) -> float:
    """Articles a second of `diembao score`: what three times as many articles take longer."""
    took = {}
    for copies in (1, 3):
        source = bench.folder / f"score-{copies}.jsonl"
        if not source.exists():
            lines = [json.loads(line) for line in bench.bodies.one.read_bytes().split(b"\n")]
            rows = ({**line, "id": f"{line['id']}-{copy}"} for copy in range(copies) for line in lines)
            source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        result = source.with_suffix(".out.jsonl")
        result.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "serve.cli",
            "score",
            str(source),
            "--out",
            str(result),
            "--jobs",
            "1",
            "--quiet",
        ]
        start = time.perf_counter()
        subprocess.run(
            servers.pinned(command, core=servers.SERVER_CORE), check=True, cwd=servers.ROOT,
            env={**os.environ, **servers.ONE_THREAD},
        )  # fmt: skip
        took[copies] = time.perf_counter() - start
    return 2 * len(bench.bodies.articles) / (took[3] - took[1])


def swapping(bench: Bench) -> list[Row]:
    """Failed and mixed answers while the model is swapped."""
    say(f"swapping the model {SWAPS} times under load ...")
    singles, batches = (path.read_bytes().split(b"\n") for path in (bench.bodies.one, bench.bodies.batch))
    seen = swap.measure(bench.folder, singles, batches, swaps=SWAPS)
    what = f"{len(seen.versions) - 1} swaps of the model under load, {seen.answers:,} answers, {seen.records:,} records"
    return [Row(what, "0 failed, 0 mixed", f"{seen.failed} failed, {seen.mixed} mixed")]


def memory(bench: Bench) -> list[Row]:
    """How much resident memory grows."""
    sizes: dict[int, float] = {}
    asked = 0
    with servers.diembao("diembao-memory", bench.folder) as server:
        while asked < bench.requests:
            seconds = 10 if sizes else 1
            found = wrk.load(server, bench.bodies.one, seconds=seconds, connections=CONNECTIONS, first=asked)
            asked += found.requests
            if asked >= WARM_UP:
                sizes[asked] = server.resident_mb()
                say(f"{asked:,} of {bench.requests:,} requests: {sizes[asked]:.0f} MB")
    (first, before), *_, (last, after) = sizes.items()
    what = f"resident memory after {last:,} requests against that after {first:,}"
    return [Row(what, "under +5 %", f"{100 * (after / before - 1):+.1f} % ({before:.0f} MB, {after:.0f} MB)")]


PARTS = {"peers": peers, "batch": batch, "swap": swapping, "memory": memory}


@click.command(help=__doc__)
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="Only this part; repeatable.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1), help="Alternations.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Length of one run of wrk.")
@click.option("--requests", default=REQUESTS, show_default=True, help="For the memory.")
def main(parts: tuple[str, ...], rounds: int, seconds: int, requests: int) -> None:
    wrk.require()
    load = os.getloadavg()[0]
    os.sched_setaffinity(0, {servers.LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="diembao-bench-") as folder:
        bench = Bench(Path(folder), bodies.write(Path(folder)), rounds, seconds, requests)
        print(f"{bench.bodies}; {CONNECTIONS} connections; load of the machine before: {load:.1f}\n")
        if len(servers.CORES) == 1:
            say("one core: the load takes from the servers what it needs")
        print("| what | wanted | measured |\n|---|---|---|", flush=True)
        for name in parts or PARTS:
            for row in PARTS[name](bench):
                print(f"| {row.what} | {row.wanted} | {row.measured} |", flush=True)


if __name__ == "__main__":
    main()
