"""What an attack says: how much was looked at, how much of it leaks."""

from dataclasses import dataclass, field


@dataclass
class Finding:
    """A count with its denominator; ``single`` of the found ones are about exactly one person.

    ``parts`` says of what the count is made (by figure, by pair of versions …). ``examples`` say
    where to look: who holds them may find somebody, so they are shown only when asked.
    """

    code: str
    title: str
    examined: int = 0
    found: int = 0
    single: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def add(
        self,
        examined: int,
        found: int,
        single: int = 0,
        *,
        part: str = "",
        examples: list[str] | None = None,
    ) -> None:
        """Count more."""
        self.examined += examined
        self.found += found
        self.single += single
        if part:
            self.tell(part, found)
        self.examples += (examples or [])[: max(0, 3 - len(self.examples))]

    def tell(self, part: str, found: int) -> None:
        """Say of what a part of the count is made."""
        if found:
            self.parts[part] = self.parts.get(part, 0) + found
