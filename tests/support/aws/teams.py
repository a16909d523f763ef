"""An env together with its share of AWS, and what is waited for there."""

from dataclasses import dataclass

from sundown_lab.aws.remote import Aws
from support.apiserver import eventually
from support.envs import Env

PATIENCE = 120.0
RECORD = {"sundown:previous-state", "sundown:stopped-at", "sundown:holder"}
"""The tags on what Sundown has stopped."""


@dataclass(frozen=True)
class Team:
    """An env and its share of AWS."""

    env: Env
    aws: Aws

    def known(self, *names: str) -> None:
        """Return when the operator has seen these and said so."""

        def there() -> bool:
            return set(names) <= {each["id"] for each in self.env.status().get("cloud", [])}

        eventually(there, what=f"{self.env.name}: {', '.join(names)} in the status", within=PATIENCE)

    def sleeps(self) -> None:
        """Ask for it, and return when it does."""
        self.env.wish("Asleep")
        self.env.until("Asleep", within=PATIENCE)

    def wakes(self) -> None:
        """Ask for it, and return when it has."""
        self.env.wish("Awake")
        self.env.until("Awake", within=PATIENCE)

    def phases(self, *names: str) -> list[str]:
        """What AWS says of them."""
        everything = self.aws.everything
        return [everything[name].phase for name in names]

    def until_phase(self, phase: str, *names: str) -> None:
        """Return when all of them are in this state."""
        what = f"{', '.join(names)} {phase}"
        eventually(lambda: set(self.phases(*names)) == {phase}, what=what, within=PATIENCE)

    def until_forgotten(self, *names: str) -> None:
        """Return when none of them carries a record."""

        def forgotten() -> bool:
            everything = self.aws.everything
            return not any(RECORD & everything[name].tags.keys() for name in names)

        eventually(forgotten, what=f"no record on {', '.join(names)}", within=PATIENCE)


def until_quiet(aws: Aws) -> None:
    """Return when all that came has been answered or dropped: what a killed operator has asked for is still carried out."""
    eventually(
        lambda: all(call.took is not None for call in aws.called()), what="no call to AWS is under way", within=PATIENCE
    )
