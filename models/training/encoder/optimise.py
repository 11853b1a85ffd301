"""The loop that every training of the encoder runs: steps in bf16, a warm-up and a linear decay, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.training.encoder.network import Encoder

Report = Callable[[float, str], None]
"""Called with the share of the training that is done, 0 to 1, and what is to be said of it."""
NO_DECAY = ("bias", "norm", "aln", "oln")


class DivergedError(RuntimeError):
    """A loss that is no number any more. Facts: `step`."""

    def __init__(self, step: int) -> None:
        super().__init__(f"loss is not finite at step {step}")
        self.step = step


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast. `steps` at most; `seconds`, where given, end the training sooner, its decay with it.

    `rate` is the peak learning rate, of the outputs and the last layer; each layer below learns `layer_decay` times
    as fast as the one above. `warm_up` is the share of the training until the peak.
    """

    steps: int
    rate: float
    seconds: float | None = None
    warm_up: float = 0.06
    weight_decay: float = 0.01
    layer_decay: float = 1.0
    clip: float = 1.0


def groups(model: nn.Module, plan: Plan) -> list[dict[str, Any]]:
    """Parameter groups by depth, biases and norms without weight decay; `share` of the rate is each one's own."""
    encoder = next((part for part in model.modules() if isinstance(part, Encoder)), None)
    layers = encoder.shape.layers if encoder else 0
    found: dict[tuple[int, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        _, inside, rest = name.partition("encoder.")
        depth = layers + 1
        if inside:
            depth = int(rest.split(".")[1]) + 1 if rest.startswith("blocks.") else 0
        decays = not any(part in NO_DECAY for part in name.split("."))
        found.setdefault((depth, decays), []).append(parameter)
    return [
        {
            "params": parameters,
            "weight_decay": plan.weight_decay if decays else 0.0,
            "share": plan.layer_decay ** max(0, layers - depth),
        }
        for (depth, decays), parameters in found.items()
    ]


def rate_at(done: float, plan: Plan) -> float:
    """The learning rate when the share `done` of the training is behind."""
    if done < plan.warm_up:
        return plan.rate * done / plan.warm_up
    return plan.rate * max(0.0, 1 - done) / (1 - plan.warm_up)


def optimise(
    model: nn.Module,
    batches: Callable[[], Iterable[Any]],
    loss_of: Callable[[Any], Tensor],
    *,
    plan: Plan,
    report: Report,
    checkpoint: Path | None = None,
    every: float = 300.0,
) -> int:
    """Train `model` in place and return the steps taken. `batches` starts one more pass over the data.

    With `checkpoint`, the state is kept there `every` so many seconds, and a training that finds one goes on from it;
    it is removed at the end.

    Raises:
        DivergedError: the loss is no number; the model is then worthless.
    """
    device = next(model.parameters()).device
    optimiser = torch.optim.AdamW(groups(model, plan), lr=plan.rate, betas=(0.9, 0.98), fused=device.type == "cuda")
    step, before = _resume(model, optimiser, checkpoint)
    began = saved = time.monotonic()
    model.train()
    mean = torch.zeros((), device=device)
    for batch in _endless(batches):
        elapsed = before + time.monotonic() - began
        done = step / plan.steps if plan.seconds is None else max(step / plan.steps, elapsed / plan.seconds)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate_at(done, plan) * group["share"]
        with torch.autocast(device.type, torch.bfloat16):
            loss = loss_of(batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
        optimiser.step()
        mean = mean * 0.9 + loss.detach() * 0.1 if step else loss.detach()
        step += 1
        if step % 20 == 0:
            value = mean.item()
            if not math.isfinite(value):
                raise DivergedError(step)
            report(done, f"step {step}, loss {value:.3f}, {step / max(elapsed, 1e-9):.1f} steps/s")
        if checkpoint and time.monotonic() - saved > every:
            saved = time.monotonic()
            _keep(model, optimiser, checkpoint, step, before + saved - began)
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    model.eval()
    return step


def _endless(batches: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    while True:
        yield from batches()


def _keep(model: nn.Module, optimiser: torch.optim.Optimizer, file: Path, step: int, seconds: float) -> None:
    part = file.with_name(file.name + ".part")
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "seconds": seconds}
    torch.save(state, part)
    part.replace(file)


def _resume(model: nn.Module, optimiser: torch.optim.Optimizer, file: Path | None) -> tuple[int, float]:
    if file is None or not file.exists():
        return 0, 0.0
    state = torch.load(file, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"]), float(state["seconds"])
