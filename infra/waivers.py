"""What the checks of the template find and we let stand: infra/waivers.yaml, with the reason of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "waivers.yaml"
BECOMES = {"AWS::Serverless::Function": "AWS::Lambda::Function"}


@dataclass(frozen=True)
class Waiver:
    """One rule of one tool that does not hold for some resources."""

    tool: str
    rule: str
    of: tuple[str, ...]  # names of resources, with * for any letters, or a type of resource
    why: str

    def covers(self, name: str, kind: str) -> bool:
        """Whether it is about a resource of this name and type. What SAM makes a type of is that type."""
        return any(fnmatchcase(name, one) or one == BECOMES.get(kind, kind) for one in self.of)


def waivers(file: Path = FILE) -> Iterator[Waiver]:
    """Every waiver of the file."""
    for tool, rules in yaml.safe_load(file.read_text()).items():
        for rule, waiver in rules.items():
            yield Waiver(tool, rule, tuple(waiver["of"]), " ".join(waiver["why"].split()))
