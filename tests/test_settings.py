"""Settings are checked as a whole before anything starts."""

import pytest

from musicgen_web.settings import LATER, SettingsError, read


def test_an_empty_environment_gives_a_server_for_this_machine_alone() -> None:
    settings = read({})
    assert (settings.host, settings.port, settings.is_loopback) == ("127.0.0.1", 8000, True)
    assert settings.address == "http://127.0.0.1:8000"


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"MUSICGEN_PROT": "1", "MUSICGEN_PORT": "x", "MUSICGEN_WORKERS": "2", "MUSICGEN_LOG_LEVEL": "loud"})
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for word in (
        "MUSICGEN_PROT: there is no such",
        "'x' is not a whole number",
        "WORKERS: this part",
        "'loud' is not one of",
    ):
        assert word in text


@pytest.mark.parametrize("name", LATER)
def test_a_setting_whose_part_is_not_built_yet_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="not built yet"):
        read({"MUSICGEN_" + name: "1"})


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "0"), ("PORT", "70000"), ("JOB_STALL_SECONDS", "nan"), ("SHUTDOWN_GRACE_SECONDS", "-1"), ("ENGINE", "x"),
     ("MAX_QUEUED", "0"), ("HOST", "a b"), ("AUTH", "maybe"), ("DATA_DIR", "")],
)  # fmt: skip
def test_a_value_that_does_not_parse_stops_the_start(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match="MUSICGEN_" + name):
        read({"MUSICGEN_" + name: text})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "music.local"])
def test_an_address_others_can_reach_is_refused_until_accounts_are_said_to_be_off(host: str) -> None:
    with pytest.raises(SettingsError, match="accounts are not built yet"):
        read({"MUSICGEN_HOST": host})
    assert read({"MUSICGEN_HOST": host, "MUSICGEN_AUTH": "off"}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_loopback_needs_no_word_about_accounts(host: str) -> None:
    assert read({"MUSICGEN_HOST": host}).is_loopback


def test_the_command_line_wins_over_the_environment() -> None:
    assert read({"MUSICGEN_PORT": "9000"}, port="9001", host=None).port == 9001


def test_host_names_are_compared_without_case_or_a_final_dot() -> None:
    assert read({"MUSICGEN_ALLOWED_HOSTS": "Music.Local., b"}).allowed_hosts == ("music.local", "b")
