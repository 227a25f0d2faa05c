"""What is known about the things that were changed: exactly, as far as changes were acknowledged."""

ABSENT = "absent"


class Register:
    """One thing with all states that it may be in. More than one only while an answer is missing."""

    def __init__(self, state=ABSENT):
        self.possible = [state]

    @property
    def state(self):
        assert len(self.possible) == 1, self.possible
        return self.possible[0]

    @property
    def is_known(self):
        return len(self.possible) == 1

    def changing(self, to):
        """A change is about to be asked for."""
        self.possible = [self.state, to]

    def changed(self):
        """The change was acknowledged."""
        self.possible = self.possible[-1:]

    def unchanged(self):
        """The change was refused."""
        self.possible = self.possible[:1]

    def found(self, actual):
        """What is really there; answers whether that is one of the possible states."""
        fits = actual in self.possible
        if fits:
            self.possible = [actual]
        return fits


class Ledger:
    """What one database was asked, over all rounds."""

    def __init__(self):
        self.acknowledged = 0
        self.unknown = 0
        self.happened = 0
        self.checked = 0
        self.lost = []
        self.highest = 0
        self.revisions = {}
        self.surprises = []

    def note(self, answer, what, *, makes_revision):
        """An acknowledged write. Where it makes a revision, no other write may have made the same one."""
        self.acknowledged += 1
        if answer.revision is None:
            return
        self.highest = max(self.highest, answer.revision)
        if makes_revision:
            other = self.revisions.setdefault(answer.revision, what)
            if other is not what:
                self.lost.append(f"revision {answer.revision} was acknowledged twice: {other}, {what}")

    def settle(self, register, actual, what):
        """Compares a thing with what is there after the crash."""
        self.checked += 1
        before = list(register.possible)
        if not register.found(actual):
            self.lost.append(f"{what}: is {actual!r}, may be {before!r}")
            register.possible = [actual]
        elif len(before) > 1 and actual == before[-1]:
            self.happened += 1
