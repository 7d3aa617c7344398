"""The two ways in which a page opens the database, and the settings it was started with."""

from contextlib import AbstractContextManager

from flask import current_app
from sqlalchemy.orm import Session

from app import database
from app.config import Config


def settings() -> Config:
    """Return what this installation was told from outside."""
    config: Config = current_app.config["HEPATICA"]
    return config


def reading() -> AbstractContextManager[Session]:
    """Open a session that only reads."""
    return database.reading(settings().database_url)


def writing() -> AbstractContextManager[Session]:
    """Open the one transaction of a request: committed at the end of the block, undone by any exception."""
    return database.writing(settings().database_url)
