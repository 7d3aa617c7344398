"""A small form about someone, and the one operation that saves what it says."""

from typing import ClassVar, Generic, TypeVar

from app.web.staff.desk import Desk
from app.web.staff.fields import StaffForm

About = TypeVar("About")


class SavingForm(StaffForm, Generic[About]):
    """What such forms have in common: their words, what they offer for whom, and what saves them."""

    title: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]

    def prepare(self, desk: Desk, about: About) -> None:
        """Fill in the choices for the one it is about."""

    def save(self, desk: Desk, about: About) -> None:
        """Call the one operation; it may raise a Refusal."""
        raise NotImplementedError  # WTForms' metaclass leaves no room for an abstract method
