"""Datasets as CSV files, and the one hash that names them."""

import hashlib
import shutil
from pathlib import Path

from analysis.columns import DATASETS
from analysis.datasets.loading import StudyData
from app.errors import Code, Refusal


def write(data: StudyData, folder: Path, *, like: tuple[StudyData, Path] | None = None) -> None:
    """Write each dataset as `<name>.csv`: UTF-8, ISO dates, empty where nothing is known.

    `like` are data whose files are written already: a dataset that both share is copied. Refuses a folder
    that holds other CSV files: the data's hash covers all of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    strange = sorted(file.name for file in folder.glob("*.csv") if file.stem not in DATASETS)
    if strange:
        raise Refusal(
            Code.IN_USE, f"{folder} holds {', '.join(strange)}; allowed: a folder without other CSV files"
        )
    for name in DATASETS:
        if like is not None and getattr(data, name) is getattr(like[0], name):
            shutil.copyfile(like[1] / f"{name}.csv", folder / f"{name}.csv")
            continue
        getattr(data, name).to_csv(
            folder / f"{name}.csv", index=False, date_format="%Y-%m-%d", lineterminator="\n", encoding="utf-8"
        )


def data_sha256(folder: Path) -> str:
    """SHA-256 over the bytes of all CSV files of a folder, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.csv")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
