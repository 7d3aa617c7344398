"""Make the import files in `data/` from `pbc.csv`: `python studies/pbc/make_data.py`.

`pbc.csv` is the Mayo Clinic trial of D-penicillamine in primary biliary cholangitis, 1974-84, as printed in
appendix D of Fleming and Harrington, Counting Processes and Survival Analysis (Wiley 1991), and as
distributed in R's package survival (data set `pbc`). Used here: `id`; `time`, days from registration;
`status` at that time (0 alive, 1 transplanted, 2 dead); `trt` (1 D-penicillamine, 2 placebo, empty for the
106 who were followed but not randomised).

The calendar is not in the source: every participant's day 0 is taken to be 1974-01-01. Transplants and deaths
were settled by the investigators, so they come as confirmed. Nothing is known after a transplant: an event of
that day shows the participant alive on it for the last time, and overall survival is censored there.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
DAY_0 = date(1974, 1, 1)
ARMS = {"1": "d-penicillamine", "2": "placebo", "": ""}
EVENTS = {"1": "transplant", "2": "death"}

Row = dict[str, str]


def main() -> None:
    """Write the three files."""
    with (HERE / "pbc.csv").open(encoding="utf-8", newline="") as file:
        source = list(csv.DictReader(file))
    write("participants", [participant(row) for row in source])
    write("events", [event(row) for row in source if row["status"] in EVENTS])
    write("sightings", [sighting(row) for row in source if row["status"] not in EVENTS])


def participant(row: Row) -> Row:
    """Return the participant of one row; without a treatment there was no randomisation."""
    arm = ARMS[row["trt"]]
    return {
        "code": code(row),
        "site": "mayo",
        "enrolled_on": DAY_0.isoformat(),
        "language": "en",
        "time_zone": "America/Chicago",
        "randomised_on": DAY_0.isoformat() if arm else "",
        "arm": arm,
    }


def event(row: Row) -> Row:
    """Return the transplant or death that ended the follow-up."""
    kind = EVENTS[row["status"]]
    return {
        "participant": code(row),
        "report_id": f"{code(row)}-{kind}",
        "kind": kind,
        "started": last_on(row),
        "decision": "confirmed",
        "agreed_started_on": last_on(row),
    }


def sighting(row: Row) -> Row:
    """Return the last day on which the participant was known to be alive with their own liver."""
    return {"participant": code(row), "seen_on": last_on(row), "how": "records", "untransplanted": "yes"}


def code(row: Row) -> str:
    """Return the study code: the source's `id`, made so that alphabetical order is its order."""
    return f"pbc-{int(row['id']):03}"


def last_on(row: Row) -> str:
    """Return the day on which the follow-up ended."""
    return (DAY_0 + timedelta(days=int(row["time"]))).isoformat()


def write(name: str, rows: list[Row]) -> None:
    """Write one import file."""
    with (HERE / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
