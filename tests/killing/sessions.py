"""A user who signs in and out, refreshes, and changes the password while the server is killed."""

import itertools
import random
import time

from .ledger import ABSENT, Register
from .server import Unknown
from .writers import Users

ENDED = "ended"
ALIVE = "alive"
# The server answers the last refresh token once more within 10 seconds.
GRACE = 8


class Session:
    def __init__(self, body):
        self.register = Register(ALIVE)
        self.take(body)

    def take(self, body):
        self.access, self.refresh = body["access_token"], body["refresh_token"]
        self.unanswered_refresh = None


class Sessions:
    """One user with up to six sessions."""

    def __init__(self, name, ledger, seed):
        self.name, self.ledger = name, ledger
        self.random = random.Random(f"{seed} {name}")
        self.sessions, self.password = [], Register("first grey stone")
        self.passwords = itertools.count(1)

    def set_up(self, client):
        client.need("POST", Users.ADDRESS, {"username": self.name, "password": self.password.state})

    def step(self, client):
        alive = [s for s in self.sessions if s.register.possible == [ALIVE]]
        kind = self.random.random()
        if not alive or (kind < 0.2 and len(alive) < 6):
            return self.sign_in(client)
        session = self.random.choice(alive)
        if kind < 0.75:
            return self.refresh(client, session)
        if kind < 0.95:
            session.register.changing(ENDED)
            answer = client.call("POST", "/auth/logout", token=session.access)
            return self.outcome(answer, [session.register], "signing out", makes_revision=True)
        return self.change_password(client, session, [s for s in alive if s is not session])

    def sign_in(self, client):
        login = {"type": "password", "authentication_id": self.name, "secret": self.password.state}
        answer = client.call("POST", "/auth/login", login)
        self.outcome(answer, [], "signing in", makes_revision=False)
        if answer.good:
            self.sessions.append(Session(answer.body))

    def refresh(self, client, session):
        session.unanswered_refresh = time.monotonic()
        grant = {"grant_type": "refresh_token", "refresh_token": session.refresh}
        answer = client.call("POST", "/auth/token", grant, token=session.access)
        self.outcome(answer, [], "refreshing", makes_revision=False)
        if answer.good:
            session.take(answer.body)

    def change_password(self, client, session, others):
        new = f"grey stone number {next(self.passwords)}"
        change = {"old_password": self.password.state, "new_password": new}
        self.password.changing(new)
        for other in others:
            other.register.changing(ENDED)
        answer = client.call("POST", "/auth/password", change, token=session.access)
        registers = [self.password, *(other.register for other in others)]
        self.outcome(answer, registers, "changing the password", makes_revision=bool(others))

    def outcome(self, answer, registers, what, *, makes_revision):
        for register in registers:
            register.changed() if answer.good else register.unchanged()
        if answer.good:
            self.ledger.note(answer, f"{self.name}: {what}", makes_revision=makes_revision)
        else:
            self.ledger.surprises.append(f"{self.name}: {what} was answered {answer}")

    def check(self, client):
        was_changing = not self.password.is_known
        doubtful = [s for s in self.sessions if not s.register.is_known]
        for session in self.sessions:
            state = self.actual(client, session)
            self.ledger.settle(session.register, state, f"{self.name}: a session")
        self.check_password(client)
        outcomes = {session.register.state for session in doubtful}
        if was_changing and len(outcomes) > 1:
            self.ledger.lost.append(f"{self.name}: a change of the password ended some sessions and left others")
        if was_changing and outcomes and (outcomes == {ENDED}) != (self.password.state == self.tried_new):
            self.ledger.lost.append(f"{self.name}: half a change of the password: {outcomes}, {self.password.state}")
        ended = [s for s in self.sessions if s.register.state == ENDED]
        self.sessions = [s for s in self.sessions if s.register.state == ALIVE] + ended[-5:]

    def actual(self, client, session):
        me = client.call("GET", "/auth/me", token=session.access)
        grant = {"grant_type": "refresh_token", "refresh_token": session.refresh}
        late = session.unanswered_refresh and time.monotonic() - session.unanswered_refresh > GRACE
        if late and me.good:
            # Too late to ask with a token that may have been used: the server would take it for a stolen one.
            session.register.possible = [ENDED]
            client.call("POST", "/auth/logout", token=session.access)
            return ENDED
        refreshed = client.call("POST", "/auth/token", grant)
        if refreshed.good:
            session.take(refreshed.body)
            me = client.call("GET", "/auth/me", token=session.access)
        if me.good and refreshed.good:
            return ALIVE
        if me.status == 401 and refreshed.status in (400, 401):
            return ENDED
        return f"half: {me}, {refreshed}"

    def check_password(self, client):
        """Only the password in force signs in; a former one does not."""
        self.tried_new = self.password.possible[-1]
        working = None
        for candidate in self.password.possible:
            login = {"type": "password", "authentication_id": self.name, "secret": candidate}
            answer = client.call("POST", "/auth/login", login)
            if answer.good and working is not None:
                self.ledger.lost.append(f"{self.name}: two passwords sign in")
            if answer.good:
                working = candidate
                self.sessions.append(Session(answer.body))
        self.ledger.settle(self.password, working, f"{self.name}: its password")


class Auditor:
    """Reads the head of the audit log under load: what it has seen must stay."""

    def __init__(self, name, ledger, seed):
        self.name, self.ledger, self.head = name, ledger, None

    def set_up(self, client):
        self.check(client)

    def step(self, client):
        self.look(client)
        time.sleep(0.2)

    def check(self, client):
        self.look(client)

    def look(self, client):
        query = f"?head={self.head}" if self.head else ""
        body = client.need("GET", f"/api/v1/audit/verify{query}").body
        if body["valid"]:
            self.head = body["head"]
        else:
            self.ledger.lost.append(f"the audit log: {body['problem']}")


__all__ = ["ABSENT", "Auditor", "Sessions", "Unknown"]
