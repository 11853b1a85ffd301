"""Only a complete, unaltered release of the allowed arrays is loaded."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models import artifacts
from models.artifacts import (
    ARRAYS,
    FORMAT,
    RELEASE,
    ArtifactError,
    load_engine,
    load_release,
    look,
    read_manifest,
    save,
)
from nlp.heads import HEADS
from nlp.policy import PolicyError


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(RELEASE, tmp_path / "release")


def seal(folder):
    names = ("model.npz", "manifest.json")
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(sums))


def arrays_of(folder):
    with np.load(folder / "model.npz", allow_pickle=False) as data:
        return dict(data)


def test_the_release_is_small_and_says_what_it_is():
    assert sum(path.stat().st_size for path in RELEASE.iterdir()) <= 16 * 2**20
    manifest = read_manifest()
    assert manifest["version"] == load_engine().model.version
    assert len(manifest["data_fingerprint"]) == 64
    assert {"topic_acc", "lead_acc", "scope_f1"} <= set(manifest["metrics"])
    assert manifest["version"] in (RELEASE / "CARD.md").read_text("utf-8")


def test_the_release_holds_no_pickle():
    arrays = arrays_of(RELEASE)
    assert set(arrays) == set(ARRAYS)
    assert all(array.dtype != object for array in arrays.values())


@pytest.mark.parametrize("name", ["model.npz", "manifest.json"])
def test_an_altered_file_is_refused(copy, name):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ArtifactError, match="không khớp SHA256SUMS"):
        load_engine(copy)


@pytest.mark.parametrize("name", ["model.npz", "manifest.json", "policy.toml", "SHA256SUMS"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load_engine(copy)


def test_an_array_off_the_list_is_refused(copy):
    np.savez(copy / "model.npz", extra=np.zeros(3), **arrays_of(copy))
    seal(copy)
    with pytest.raises(ArtifactError, match="danh sách cho phép"):
        load_engine(copy)


def test_a_pickled_array_is_refused_and_never_run(copy):
    arrays = arrays_of(copy)
    arrays["bias"] = np.array([{"a": 1}], object)
    np.savez(copy / "model.npz", **arrays)
    seal(copy)
    with pytest.raises(ArtifactError, match=r"model\.npz"):
        load_engine(copy)


@pytest.mark.parametrize(
    ("name", "value"),
    [("idf", np.ones(3, np.float32)), ("weights", np.ones((3, 3), np.int8)), ("scales", np.ones(96, np.float64))],
)
def test_an_array_of_another_shape_or_type_is_refused(copy, name, value):
    np.savez(copy / "model.npz", **{**arrays_of(copy), name: value})
    seal(copy)
    with pytest.raises(ArtifactError, match=f"mảng {name} phải là"):
        load_engine(copy)


def test_a_value_that_is_not_finite_is_refused(copy):
    arrays = arrays_of(copy)
    arrays["mixing"][0, 0] = np.nan
    np.savez(copy / "model.npz", **arrays)
    seal(copy)
    with pytest.raises(ArtifactError, match="mixing có giá trị không hữu hạn"):
        load_engine(copy)


def test_a_model_for_other_codes_is_refused(copy):
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["heads"]["topic"].append("moi")
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    seal(copy)
    with pytest.raises(ArtifactError, match="bộ mã khác"):
        load_engine(copy)


def test_the_office_may_change_the_policy_but_not_break_it(copy):
    text = (copy / "policy.toml").read_text("utf-8")
    (copy / "policy.toml").write_text(text + "\n", "utf-8")
    assert load_engine(copy).policy == load_engine().policy
    (copy / "policy.toml").write_text(text.replace("\nscope_p =", "\nscope_q ="), "utf-8")
    with pytest.raises(PolicyError, match="khóa lạ: scope_q"):
        load_engine(copy)


def saved(folder, *, version="tiny", card="# Thẻ"):
    """A release of three n-grams, which is saved in no time."""
    shapes = {name: [3 if size is None else size for size in shape] for name, (_, shape) in ARRAYS.items()}
    arrays = {name: np.zeros(shapes[name], kind) for name, (kind, _) in ARRAYS.items()}
    arrays["keys"] = np.arange(3, dtype=np.uint32)
    manifest = {"format": FORMAT, "version": version, "heads": {head.name: list(head.codes) for head in HEADS}}
    save(folder, arrays=arrays, manifest=manifest, policy=(RELEASE / "policy.toml").read_text("utf-8"), card=card)
    return folder


@pytest.mark.parametrize("name", ["model.npz", "manifest.json", "policy.toml", "CARD.md", "SHA256SUMS"])
def test_a_look_sees_each_file_change_and_go(copy, name):
    first = look(copy)
    assert look(copy) == first
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    second = look(copy)
    (copy / name).unlink()
    assert len({first, second, look(copy)}) == 3


def test_the_same_bytes_have_the_same_fingerprint_wherever_they_lie(copy):
    fingerprint = load_release(RELEASE).fingerprint
    assert load_release(copy).fingerprint == fingerprint
    with (copy / "policy.toml").open("a") as file:
        file.write("# mới\n")
    assert load_release(copy).fingerprint != fingerprint


def test_a_save_over_a_release_leaves_no_other_file(tmp_path):
    folder = saved(tmp_path / "release")
    saved(folder, card="# Thẻ mới")
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in RELEASE.iterdir())
    assert load_release(folder).card == "# Thẻ mới"


def test_no_state_between_two_saves_loads(tmp_path, monkeypatch):
    folder, between = saved(tmp_path / "release"), []
    rename = Path.replace

    def watched(path, target):
        with pytest.raises(ArtifactError, match="SHA256SUMS"):
            load_engine(folder)
        between.append(target.name)
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    saved(folder, version="moi")

    assert between[-1] == "SHA256SUMS"
    assert len(between) == 5
    assert load_engine(folder).model.version == "moi"


def test_a_release_that_is_replaced_while_it_is_read_is_not_loaded(copy, monkeypatch):
    check = artifacts._checked_files

    def replaced(folder):
        files = check(folder)
        saved(folder, version="moi")
        return files

    monkeypatch.setattr(artifacts, "_checked_files", replaced)
    with pytest.raises(ArtifactError, match="đang được thay"):
        load_engine(copy)
