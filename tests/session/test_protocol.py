"""Protocol files: the shipped ones, and what a wrong one answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.session.protocol import PROTOCOLS_DIR, find_protocol, load_protocol

SHIPPED = sorted(PROTOCOLS_DIR.glob("*.toml"))
GOOD = """
name = "bows"
exercise = "squat"
source = "ours"
[ending]
time_s = 30
"""


@pytest.mark.parametrize("path", SHIPPED, ids=[p.stem for p in SHIPPED])
def test_shipped_protocols_name_their_source_and_what_they_cannot_see(path: Path) -> None:
    protocol = load_protocol(path)
    assert "http" in protocol.source and "read 20" in protocol.source
    assert protocol.teacher and all(p.rule and p.stands and p.error for p in protocol.proxy)
    ending = protocol.ending
    assert min(ending.time_s, ending.strikes, ending.gap_s, ending.cap) < float("inf")
    assert find_protocol(protocol.name.upper()) == protocol


def test_names_are_told_apart_and_unknown_ones_listed() -> None:
    assert find_protocol("china-sit-up").ending.time_s == 60
    with pytest.raises(InputError, match=r"no protocol 'cooper'.*IPPT push-up"):
        find_protocol("cooper")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('exercise = "squat"', 'exercise = "yoga"', "bows.toml: no exercise 'yoga'"),
        ("time_s = 30", "time_s = 0", "'ending.time_s' must be above 0"),
        ("time_s = 30", "seconds = 30", "unknown key 'ending.seconds'"),
        (
            'source = "ours"',
            'source = "ours"\nforgiven = -1',
            "line 5: 'forgiven' must be at least 0, not -1",
        ),
        (
            'source = "ours"',
            'source = "ours"\nbell = "gong"',
            "'bell' must be one of end, extreme, not 'gong'",
        ),
        ('source = "ours"', "", "missing key 'source'"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "bows.toml"
    path.write_text(GOOD)
    assert load_protocol(path).ending.time_s == 30
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_protocol(path)
    assert said in str(caught.value)
