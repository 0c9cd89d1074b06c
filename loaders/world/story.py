"""What the truth says of one story of the demonstration world."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """A story: its code and title, where to begin, who plays in it (true ids) and what is true."""

    code: str
    title: str
    subject: str
    parties: Sequence[str]
    truth: str

    def as_dict(self) -> dict[str, object]:
        """Return what stories.json holds."""
        return asdict(self)
