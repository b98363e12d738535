"""Points as a child would keep them: boxes with a last day, and a list of what was done."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Box:
    last_day: date
    free: int = 0
    waiting: int = 0
    aside: int = 0
    used: int = 0


@dataclass
class Model:
    boxes: dict[int, Box] = field(default_factory=dict)
    holds: dict[int, dict[int, int]] = field(default_factory=dict)
    uses: dict[int, dict[int, int]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    def free(self, today: date) -> int:
        return sum(box.free for box in self.boxes.values() if box.last_day >= today)

    def kept(self) -> tuple[int, int, int]:
        return (
            sum(box.free for box in self.boxes.values()),
            sum(box.waiting for box in self.boxes.values()),
            sum(box.aside for box in self.boxes.values()),
        )

    def take(self, points: int, today: date, *, leave_out: int | None = None) -> dict[int, int]:
        """Empties the boxes that end first; answers from which it took how many."""
        taken = {}
        for number in sorted(self.boxes, key=lambda n: (self.boxes[n].last_day, n)):
            box = self.boxes[number]
            if box.last_day < today or number == leave_out:
                continue
            part = min(points, box.free)
            if part:
                box.free -= part
                points -= part
                taken[number] = part
        return taken

    def give_back(self, parts: dict[int, int], today: date) -> None:
        """To the boxes they came from; what is past its day is gone at once."""
        for number, part in parts.items():
            self.boxes[number].free += part
            if self.boxes[number].last_day < today:
                self.boxes[number].free = 0

    def expire(self, today: date) -> None:
        for box in self.boxes.values():
            if box.last_day < today:
                box.free = 0

    def undo_gift(self, number: int, today: date) -> tuple[int, int]:
        """Answers what was found and what was not."""
        box = self.boxes[number]
        found = box.free + box.waiting
        box.free = box.waiting = 0
        owed = box.used + box.aside
        elsewhere = sum(self.take(owed, today, leave_out=number).values())
        return found + elsewhere, owed - elsewhere
