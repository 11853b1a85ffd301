"""A release may hold an encoder: three files more, checked like the others, and gone when the next one has none."""

import io
import json

import numpy as np
import pytest

from models import encoder_files
from models.artifacts import RELEASE, ArtifactError, content_hash, copy, load_engine, load_release, look, save
from nlp.careful import Careful
from nlp.encoder.vectors import Encoder
from nlp.heads import N_OUTPUTS, UNITS

PIECES, WIDTH, OUTPUTS = 9, 4, 5


def careful(seed: int = 0) -> Careful:
    random = np.random.default_rng(seed)

    def floats(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    words = random.integers(-127, 127, (PIECES, WIDTH)).astype(np.int8)
    encoder = Encoder(b"network", b"{}", words, floats(PIECES), floats(2 * WIDTH, OUTPUTS), floats(OUTPUTS), 224)
    return Careful(
        encoder, floats(N_OUTPUTS + OUTPUTS, N_OUTPUTS), floats(N_OUTPUTS), floats(2, len(UNITS), len(UNITS))
    )


@pytest.fixture
def whole(tmp_path):
    """The released model with an encoder beside it."""
    manifest = json.loads((RELEASE / "manifest.json").read_text("utf-8"))
    with np.load(RELEASE / "model.npz") as arrays:
        save(
            tmp_path / "whole", arrays=dict(arrays), manifest={**manifest, "encoder": {"layers": 1}},
            policy=(RELEASE / "policy.toml").read_text("utf-8"), card="# Thẻ", careful=careful(),
        )  # fmt: skip
    return tmp_path / "whole"


def test_an_encoder_comes_back_as_it_was_and_is_not_started(whole):
    found, given = load_engine(whole).careful, careful()

    for name, array in encoder_files.arrays_of(given).items():
        assert np.array_equal(encoder_files.arrays_of(found)[name], array)
    assert (found.encoder.network, found.encoder.vocabulary, found.encoder.max_tokens) == (b"network", b"{}", 224)
    assert found.encoder._loaded is None
    assert load_engine().careful is None


@pytest.mark.parametrize("name", encoder_files.FILES)
def test_an_altered_or_missing_file_is_refused(whole, name):
    first = look(whole)
    (whole / name).write_bytes((whole / name).read_bytes() + b" ")
    assert look(whole) != first
    with pytest.raises(ArtifactError, match=f"{name}: nội dung không khớp"):
        load_engine(whole)
    (whole / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load_engine(whole)


def test_an_encoder_that_the_manifest_does_not_know_is_refused(whole):
    lines = [line for line in (whole / "SHA256SUMS").read_text().splitlines() if "encoder" not in line]
    (whole / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    with pytest.raises(ArtifactError, match="nói khác nhau về bộ mã hóa"):
        load_engine(whole)


def test_a_copy_takes_the_encoder_along_and_a_release_without_one_leaves_none(whole, tmp_path):
    copy(whole, tmp_path / "other")
    assert load_release(tmp_path / "other").fingerprint == load_release(whole).fingerprint
    copy(RELEASE, tmp_path / "other")
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == sorted(
        path.name for path in RELEASE.iterdir()
    )


def test_the_version_hangs_on_the_encoder_too():
    with np.load(RELEASE / "model.npz") as arrays:
        held = dict(arrays)
    assert len({content_hash(held, "", one) for one in (None, careful(0), careful(1))}) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": np.zeros(3)}, "danh sách cho phép"),
        ({"bias": np.array([{"a": 1}], object)}, "encoder.npz"),
        ({"scales": np.ones(3, np.float32)}, "mảng scales phải là float32"),
        ({"words": np.ones(9, np.int8)}, "mảng words phải là int8"),
        ({"mixing": np.full((N_OUTPUTS + OUTPUTS, N_OUTPUTS), np.nan, np.float32)}, "mixing có giá trị không hữu hạn"),
    ],
)
def test_what_no_encoder_may_hold_is_refused(change, message):
    files = encoder_files.pack(careful())
    tables = io.BytesIO()
    np.savez(tables, **{**encoder_files.arrays_of(careful()), **change})
    with pytest.raises(encoder_files.EncoderFilesError, match=message):
        encoder_files.unpack({**files, "encoder.npz": tables.getvalue()}, place="release")


def test_a_file_that_is_no_archive_or_too_large_is_refused():
    files = encoder_files.pack(careful())
    with pytest.raises(encoder_files.EncoderFilesError, match=r"encoder\.npz"):
        encoder_files.unpack({**files, "encoder.npz": b"PK"}, place="release")
    with pytest.raises(encoder_files.EncoderFilesError, match="lớn hơn 40 MiB"):
        encoder_files.unpack({**files, "encoder.onnx": bytes(41 * 2**20)}, place="release")
