"""Who does something, as it stands in the audit trail and on every value."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["coordinator", "monitor", "adjudicator", "statistician", "administrator"]
ROLES: tuple[Role, ...] = ("coordinator", "monitor", "adjudicator", "statistician", "administrator")
ActorKind = Literal["participant", "proxy", "account", "import", "command", "stranger"]


@dataclass(frozen=True)
class Actor:
    """A participant on a phone, a member of staff, an import, a command run by hand or by cron, a stranger.

    A proxy is someone else on the pages of the participant whose `id` it is: a relative, a helper.
    `study_id` and `site` limit what an account may see: None means every one.
    """

    kind: ActorKind
    id: int | None = None
    name: str = ""
    role: Role | None = None
    study_id: int | None = None
    site: str | None = None

    @property
    def label(self) -> str:
        """Return the words that stand in the audit trail: `account:3`, `proxy:12`, `command:demo`."""
        return f"{self.kind}:{self.name if self.id is None else self.id}"

    def may_see(self, *, study_id: int | None, site: str | None) -> bool:
        """Return whether a study's site lies within what this actor may see; None stands for every one."""
        if self.study_id not in (None, study_id):
            return False
        return self.site is None or self.site == site
