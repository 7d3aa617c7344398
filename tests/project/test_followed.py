"""The participants of `make bench-survival`: counts are those of the frames, in both databases."""

from collections import Counter
from pathlib import Path

from analysis import load, survival_counts
from bench.copied import copied
from bench.followed import CUTOFF_ON, followed

PEOPLE = 400


def test_counts_are_those_of_the_frames_in_both_databases(postgresql_url: str, tmp_path: Path) -> None:
    study = followed(postgresql_url, PEOPLE)
    data = load(postgresql_url, study=study, cutoff=CUTOFF_ON)
    times = data.adtte.query("PARAMCD == 'TFS' and ANL01FL == 'Y'")
    happened = times["CNSR"].map({0: 1, 1: 0, 2: 2})
    of_frames = Counter(zip(times["ARMCD"], times["AVAL"], happened, strict=True))

    for url in (postgresql_url, copied(postgresql_url, tmp_path / "copied.db")):
        counts = survival_counts(url, study=study, endpoint="TFS", cutoff=CUTOFF_ON)
        assert counts["count"].sum() == len(times) == PEOPLE
        keys = zip(counts["group"], counts["duration"], counts["event"], strict=True)
        assert dict(zip(keys, counts["count"], strict=True)) == of_frames
