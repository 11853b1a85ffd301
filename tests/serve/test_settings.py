"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from serve.settings import Settings, SettingsError, default_database, from_environment


def test_every_kind_of_setting_is_read_and_what_others_set_is_left_alone() -> None:
    found = from_environment(
        {
            "DIEMBAO_PORT": "9000", "DIEMBAO_DEMO": "yes", "DIEMBAO_MODEL": "mo-hinh", "DIEMBAO_RATE": "0.5",
            "DIEMBAO_CORPORA": "kho", "DIEMBAO_KEY": "db_1_2", "PATH": "/bin",
        }
    )  # fmt: skip

    assert found == Settings(port=9000, demo=True, model=Path("mo-hinh"), rate=0.5)


def test_an_option_wins_over_the_environment() -> None:
    assert from_environment({"DIEMBAO_PORT": "9000"}, port=9001, host=None) == Settings(port=9001)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"DIEMBAO_PROT": "9000"}, "DIEMBAO_PROT: không có thiết đặt này"),
        ({"DIEMBAO_PORT": "nine"}, "DIEMBAO_PORT: cần một số, không phải “nine”"),
        ({"DIEMBAO_PORT": "70000"}, "port: cổng phải từ 0 đến 65535"),
        ({"DIEMBAO_DEMO": "perhaps"}, "DIEMBAO_DEMO: cần 1 hoặc 0"),
        ({"DIEMBAO_BODY_SECONDS": "nan"}, "body_seconds: cần một số lớn hơn 0"),
        ({"DIEMBAO_RATE": "-1"}, "rate: cần một số từ 0 trở lên"),
        ({"DIEMBAO_BURST": "10"}, "burst: nhỏ hơn một lô 1000 bài"),
    ],
)
def test_a_setting_that_is_not_known_or_makes_no_sense_is_an_error(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        from_environment(environment)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "may-chu.example"])  # noqa: S104
def test_demo_mode_stays_on_this_machine(host: str) -> None:
    with pytest.raises(SettingsError, match="chỉ chạy trên máy này"):
        Settings(demo=True, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_demo_mode_takes_every_name_of_this_machine(host: str) -> None:
    assert Settings(demo=True, host=host).demo


def test_the_database_lies_with_the_users_data() -> None:
    assert default_database({"XDG_DATA_HOME": "data"}) == Path("data/diembao/diembao.db")
