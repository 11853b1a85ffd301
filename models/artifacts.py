"""The released model on disk: what it may hold, how it is checked, how it becomes an engine. No pickle anywhere.

A release is a folder of five files: `model.npz` (arrays, loaded without pickle and only if each has the name, type and
dimensions of ARRAYS), `manifest.json`, `SHA256SUMS` over these two, `policy.toml` and `CARD.md`; one with an encoder
has the three of `models.encoder_files` too, under the same sums. It may be replaced while somebody watches it: `look`
says whether it has changed, and no state in between loads.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models import encoder_files
from nlp import deadlines as due_times
from nlp import organisation as organisations
from nlp import policy as policies
from nlp.careful import Careful
from nlp.datafiles import DataFileError
from nlp.deadlines import DeadlineError, Deadlines
from nlp.errors import DiembaoError
from nlp.heads import HEADS, N_OUTPUTS, UNITS
from nlp.organisation import Organisation, OrganisationError
from nlp.pipeline import Engine
from nlp.score import ROW_WIDTH, Model, slot_table

RELEASE = Path(__file__).parent / "release"
ORGANISATION = (
    Path(__file__).parent.parent / "datasets" / "organisation",
    Path(organisations.__file__).parent / "data",
)
"""Where the files of organisation and deadlines lie: in a checkout, and in an installed package (by setup.py)."""
ORGANISATION_FILES = ("decrees/*.toml", "enterprises.toml", "collisions.toml")
FORMAT = 2
SUMS = "SHA256SUMS"
CHECKED = ("model.npz", "manifest.json")
POLICY = "policy.toml"
"""Not under the sums: the office may change its thresholds; `nlp.policy` checks every key and value."""
CARD = "CARD.md"
MAX_BYTES = 64 * 2**20
"""Largest size of the unpacked arrays that is loaded."""

# name: (type, shape); None stands for K, the number of known n-grams.
ARRAYS: dict[str, tuple[str, tuple[int | None, ...]]] = {
    "keys": ("uint32", (None,)),
    "idf": ("float32", (None,)),
    "weights": ("int8", (None, ROW_WIDTH)),
    "scales": ("float32", (ROW_WIDTH,)),
    "bias": ("float32", (N_OUTPUTS,)),
    "mixing": ("float32", (N_OUTPUTS, N_OUTPUTS)),
    "offset": ("float32", (N_OUTPUTS,)),
    "helps": ("float32", (2, len(UNITS), len(UNITS))),
    **{f"prior_{head.name}": ("float32", (len(head.codes),)) for head in HEADS if not head.multi},
}


class ArtifactError(DiembaoError):
    """A release folder that is missing, altered, or holds what no release may hold."""


@dataclass(frozen=True, slots=True)
class Release:
    """A loaded release. `fingerprint` is of the bytes that it was loaded from: the same bytes give the same one."""

    engine: Engine
    manifest: dict[str, Any]
    card: str
    fingerprint: str


def load_engine(folder: Path | None = None) -> Engine:
    """The engine of a release, see `load_release`."""
    return load_release(folder).engine


def load_release(folder: Path | None = None) -> Release:
    """Load the release in `folder` (default: the one that comes with diembao) after checking every byte of it.

    Raises:
        ArtifactError: a file is missing or differs from SHA256SUMS, or an array is not on the allow-list.
        PolicyError, OrganisationError, DeadlineError: a file that the office edits is wrong.
    """
    folder = folder or RELEASE
    before = look(folder)
    files = _checked_files(folder)
    manifest = json.loads(files["manifest.json"])
    codes = {head.name: list(head.codes) for head in HEADS}
    if manifest.get("format") != FORMAT or manifest.get("heads") != codes:
        raise ArtifactError(f"{folder}: mô hình được huấn luyện cho bộ mã khác; cần huấn luyện lại")
    arrays = _arrays(files["model.npz"], folder)
    try:
        policy = (folder / POLICY).read_text("utf-8-sig")
        card = (folder / CARD).read_text("utf-8") if (folder / CARD).exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{folder} không phải thư mục mô hình đã phát hành: {error}") from error
    if look(folder) != before:
        raise ArtifactError(f"{folder}: thư mục mô hình đang được thay trong lúc đọc")
    careful = None
    if bool(manifest.get("encoder")) != (encoder_files.NETWORK in files):
        raise ArtifactError(f"{folder}: manifest.json và SHA256SUMS nói khác nhau về bộ mã hóa")
    if encoder_files.NETWORK in files:
        try:
            careful = encoder_files.unpack(files, place=str(folder))
        except encoder_files.EncoderFilesError as error:
            raise ArtifactError(str(error)) from error
    engine = make_engine(arrays, version=manifest["version"], policy=policy, careful=careful)
    read = [*files.values(), policy.encode(), card.encode()]
    fingerprint = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in read)).hexdigest()
    return Release(engine, manifest, card, fingerprint)


def look(folder: Path) -> str:
    """Something that differs as soon as a file of the release in `folder` does, without reading the large ones.

    It never fails: a file that is not there, or cannot be read, is a state like another.
    """
    return "\n".join(f"{name} {_state(folder / name)}" for name in (SUMS, POLICY, *CHECKED, CARD, *encoder_files.FILES))


def _state(path: Path) -> str:
    try:
        state = path.stat()
        # Edited by hand within one tick of a coarse clock, the small ones might look the same.
        digest = "" if path.name in (*CHECKED, *encoder_files.FILES) else hashlib.sha256(path.read_bytes()).hexdigest()
        return f"{state.st_ino} {state.st_size} {state.st_mtime_ns} {digest}"
    except OSError as error:
        return type(error).__name__


def make_engine(
    arrays: Mapping[str, npt.NDArray[Any]], *, version: str, policy: str, careful: Careful | None = None
) -> Engine:
    """The engine of the arrays of ARRAYS and the text of a policy, with a careful reader where there is one.

    Raises:
        PolicyError, OrganisationError, DeadlineError: a file that the office edits is wrong.
    """
    # Frequent n-grams first: the few thousand that make up most of any text then share the processor's cache.
    order = np.argsort(arrays["idf"], kind="stable")
    model = Model(
        version=version,
        slots=slot_table(arrays["keys"][order]),
        idf=arrays["idf"][order],
        weights=arrays["weights"][order],
        **{name: arrays[name] for name in ("scales", "bias", "mixing", "offset", "helps")},
    )
    priors = {head.name: arrays[f"prior_{head.name}"] for head in HEADS if not head.multi}
    return Engine(
        model=model,
        policy=policies.parse(policy),
        priors=priors,
        organisation=load_organisation(),
        deadlines=load_deadlines(),
        careful=careful,
    )


def content_hash(arrays: Mapping[str, npt.NDArray[Any]], policy: str, careful: Careful | None = None) -> str:
    """SHA-256 of what decides: two models of one version never differ, whatever code and data made them."""
    content = hashlib.sha256(policy.encode())
    for name in ARRAYS:
        content.update(np.ascontiguousarray(arrays[name]).tobytes())
    if careful:
        content.update(careful.encoder.network + careful.encoder.vocabulary)
        for array in encoder_files.arrays_of(careful).values():
            content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def read_manifest(folder: Path | None = None) -> dict[str, Any]:
    """The checked manifest of a release: version, data fingerprint, metrics, settings."""
    manifest: dict[str, Any] = json.loads(_checked_files(folder or RELEASE)["manifest.json"])
    return manifest


def organisation_texts(folder: Path | None = None) -> dict[str, str]:
    """The organisation's files in `folder` (default: those that come with diembao) by name: "decrees/….toml" and so on.

    Raises OrganisationError where a file cannot be read.
    """
    return _texts(folder, ORGANISATION_FILES, OrganisationError)


def deadline_texts(folder: Path | None = None) -> dict[str, str]:
    """The files of rules, days off and duty roster in `folder`, by name. Raises DeadlineError as above."""
    return _texts(folder, due_times.FILES, DeadlineError)


def _texts(folder: Path | None, patterns: Sequence[str], unreadable: type[DataFileError]) -> dict[str, str]:
    folder = folder or next((place for place in ORGANISATION if place.is_dir()), ORGANISATION[0])
    texts = {}
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8-sig")  # editors of Windows put a byte order mark in front
        except (OSError, UnicodeDecodeError) as error:
            raise unreadable(f"không đọc được: {error}", file=name) from error
    return texts


def load_organisation(folder: Path | None = None) -> Organisation:
    """The organisation of the files in `folder`, see `organisation_texts`. Raises OrganisationError."""
    return organisations.parse(organisation_texts(folder))


def load_deadlines(folder: Path | None = None) -> Deadlines:
    """The deadlines of the files in `folder`, see `deadline_texts`. Raises DeadlineError."""
    return due_times.parse(deadline_texts(folder))


def save(
    folder: Path,
    *,
    arrays: Mapping[str, npt.NDArray[Any]],
    manifest: Mapping[str, Any],
    policy: str,
    card: str,
    careful: Careful | None = None,
) -> None:
    """Write a release, also over one that a server watches: whoever reads in between finds no sums, and loads nothing.

    An end in between leaves a folder that does not load, never a mixture of two models.
    """
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **{name: arrays[name] for name in ARRAYS})
    contents = {
        "model.npz": packed.getvalue(),
        "manifest.json": (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(),
    } | (encoder_files.pack(careful) if careful else {})
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
    contents |= {POLICY: policy.encode(), CARD: card.encode()}
    contents[SUMS] = sums.encode()
    _replace(folder, contents)


def copy(source: Path, folder: Path) -> None:
    """Write the release in `source` over the one in `folder`, byte for byte and as `save` does.

    Raises:
        ArtifactError: `source` is no whole release; `folder` stays as it was.
    """
    contents = _checked_files(source)
    for name in (POLICY, CARD, SUMS):
        if name != CARD or (source / CARD).exists():
            contents[name] = (source / name).read_bytes()
    _replace(folder, contents)


def _replace(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Swap the files of a release for `contents`; what it has no more goes, and the sums come last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f".{name}.new").write_bytes(content)
    (folder / SUMS).unlink(missing_ok=True)
    for name in {CARD, *encoder_files.FILES} - contents.keys():
        (folder / name).unlink(missing_ok=True)
    for name in sorted(contents, key=lambda name: name == SUMS):
        (folder / f".{name}.new").replace(folder / name)


def _checked_files(folder: Path) -> dict[str, bytes]:
    try:
        lines = (folder / SUMS).read_text("ascii").splitlines()
        sums = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line)}
        names = (*CHECKED, *encoder_files.FILES) if encoder_files.NETWORK in sums else CHECKED
        files = {name: (folder / name).read_bytes() for name in names}
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder} không phải thư mục mô hình đã phát hành: {error}") from error
    for name, content in files.items():
        if sums.get(name) != hashlib.sha256(content).hexdigest():
            raise ArtifactError(f"{folder / name}: nội dung không khớp SHA256SUMS; tệp đã bị thay đổi hoặc hỏng")
    return files


def _arrays(content: bytes, folder: Path) -> dict[str, npt.NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {info.filename for info in archive.infolist()}
        size = sum(info.file_size for info in archive.infolist())
    if names != {f"{name}.npy" for name in ARRAYS} or size > MAX_BYTES:
        raise ArtifactError(f"{folder}/model.npz: các mảng không đúng danh sách cho phép")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            arrays = {name: data[name] for name in ARRAYS}
    except ValueError as error:  # numpy's answer to a pickled array
        raise ArtifactError(f"{folder}/model.npz: {error}") from error
    rows = len(arrays["keys"])
    for name, (kind, shape) in ARRAYS.items():
        wanted = tuple(rows if size is None else size for size in shape)
        if arrays[name].dtype != kind or arrays[name].shape != wanted:
            raise ArtifactError(f"{folder}/model.npz: mảng {name} phải là {kind} {wanted}")
        if kind == "float32" and not np.isfinite(arrays[name]).all():
            raise ArtifactError(f"{folder}/model.npz: mảng {name} có giá trị không hữu hạn")
    return arrays
