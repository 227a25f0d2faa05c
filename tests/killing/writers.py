"""Who writes while the server is killed. Each writer has things of its own, so it knows exactly what must be there.

`step` makes one change, `check` compares everything it may have left in doubt, and some of the rest, with the server.
"""

import itertools
import random
import urllib.parse

from .ledger import ABSENT, Register
from .server import Unknown

SAMPLE = 25


def reference(path):
    return urllib.parse.quote(path, safe="")


class Writer:
    """What writers have in common: the change under way, and requests that are repeated by their key."""

    def __init__(self, name, ledger, seed):
        self.name, self.ledger = name, ledger
        self.random = random.Random(f"{seed} {name}")
        self.numbers = itertools.count()
        self.things = {}
        self.touched = set()
        self.keyed = []

    def change(self, thing, to, call, *, makes_revision=True):
        """Asks for a change of a thing; whatever happens is in its register."""
        register = self.things.setdefault(thing, Register())
        self.touched.add(thing)
        register.changing(to)
        answer = call()
        if answer.good:
            register.changed()
            self.ledger.note(answer, f"{self.name}: {thing} becomes {to}", makes_revision=makes_revision)
        else:
            register.unchanged()
            self.ledger.surprises.append(f"{self.name}: {thing} to {to} was answered {answer}")
        return answer

    def create(self, client, thing, to, path, body):
        """Creates, mostly with an Idempotency-Key, and sometimes asks once more at once."""
        key = f"{self.name}-{next(self.numbers)}" if self.random.random() < 0.6 else None
        if key:
            self.keyed.append((thing, key, path, body))
        answer = self.change(thing, to, lambda: client.call("POST", path, body, key=key))
        if key and answer.good and self.random.random() < 0.2:
            self.is_repeat(client.call("POST", path, body, key=key), thing, answer.body.get("id"))
        return answer

    def is_repeat(self, answer, thing, first_id):
        """A repeat tells the first answer again, or that it was not kept; never does it a second time."""
        told_again = answer.status == 201 and first_id in (None, answer.body.get("id")) and answer.revision is None
        not_kept = answer.status == 409 and "answer was not kept" in answer.body.get("detail", "")
        if not told_again and not not_kept:
            self.ledger.lost.append(f"{self.name}: the repeat of {thing} ({first_id}) was answered {answer}")

    def present(self):
        return [thing for thing, register in self.things.items() if register.is_known and register.state != ABSENT]

    def check(self, client):
        for thing in self.to_check():
            self.ledger.settle(self.things[thing], self.actual(client, thing), f"{self.name}: {thing}")
        self.repeat(client)
        self.touched.clear()

    def to_check(self):
        rest = [thing for thing in self.things if thing not in self.touched]
        return sorted(self.touched) + self.random.sample(rest, min(SAMPLE, len(rest)))

    def repeat(self, client):
        """What was asked with a key is asked again: what is there is not made twice, what is not there is made now."""
        for thing, key, path, body in self.keyed[-3:]:
            register = self.things[thing]
            first_id = self.id_of(client, thing)
            answer = client.call("POST", path, body, key=key)
            if answer.status == 201 and answer.revision is not None:
                # A new answer: only right if the first request had left nothing.
                if register.state != ABSENT or thing in self.deleted:
                    self.ledger.lost.append(f"{self.name}: {thing} was made twice with one key: {answer}")
                register.possible = [self.first_state]
                self.ledger.note(answer, f"{self.name}: repeat of {thing}", makes_revision=True)
                self.remember(thing, answer)
            else:
                self.is_repeat(answer, thing, first_id)
            self.ledger.settle(register, self.actual(client, thing), f"{self.name}: {thing} after its repeat")
        self.keyed.clear()

    first_state = 0
    deleted = frozenset()

    def id_of(self, client, thing):
        return None

    def remember(self, thing, answer):
        pass


class Nodes(Writer):
    """Nodes with properties, tags and external ids; the state is the number that two properties share."""

    def __init__(self, name, ledger, seed):
        super().__init__(name, ledger, seed)
        self.root = f"/{name}"
        self.deleted = set()

    def set_up(self, client):
        client.need("POST", "/api/v1/nodes", {"kind": "company", "name": self.name})

    def step(self, client):
        kind, present = self.random.random(), self.present()
        if kind < 0.6 or not present:
            parent = self.random.choice([self.root, *present[-20:]])
            if parent.count("/") > 12:
                parent = self.root
            path = f"{parent}/n{next(self.numbers)}"
            return self.create(client, path, 0, "/api/v1/nodes", self.body(parent, path))
        path = self.random.choice(present)
        if kind < 0.85:
            number = self.things[path].state + 1
            patch = {"number": number, "twin": number}
            address = f"/api/v1/nodes/{reference(path)}/properties"
            return self.change(path, number, lambda: client.call("PATCH", address, patch), makes_revision=False)
        leaves = [path for path in present if not any(other.startswith(path + "/") for other in present)]
        path = self.random.choice(leaves)
        address = f"/api/v1/nodes/{reference(path)}"
        self.deleted.add(path)
        return self.change(path, ABSENT, lambda: client.call("DELETE", address))

    @staticmethod
    def body(parent, path):
        properties = {"number": 0, "twin": 0}
        return {"parent": parent, "kind": "folder", "name": path.rsplit("/", 1)[1], "properties": properties,
                "tags": ["kill"], "external_ids": {"kill": path}}

    def actual(self, client, path):
        answer = client.call("GET", f"/api/v1/nodes/{reference(path)}")
        if answer.status == 404:
            gone = client.call("GET", f"/api/v1/external-ids/kill/{reference(path)}")
            return ABSENT if gone.status == 404 else f"half deleted: {gone}"
        body = answer.body
        carried = (body["tags"], body["external_ids"], body["path"], body["kind"])
        whole = carried == (["kill"], {"kill": path}, path, "folder")
        numbers = body["properties"]
        return numbers["number"] if whole and numbers["number"] == numbers["twin"] else f"half: {answer}"

    def id_of(self, client, path):
        answer = client.call("GET", f"/api/v1/nodes/{reference(path)}")
        return answer.body["id"] if answer.good else None


class Users(Writer):
    """Users with an address, an alias, a role and attributes; the state is the grade, which is there twice."""

    ADDRESS = "/api/v1/realms/main/users"
    PASSWORD = "seven grey stones"

    def __init__(self, name, ledger, seed):
        super().__init__(name, ledger, seed)
        self.deleted = set()

    def set_up(self, client):
        pass

    def step(self, client):
        kind, present = self.random.random(), self.present()
        if kind < 0.6 or not present:
            number = next(self.numbers)
            username = f"{self.name}u{number}"
            return self.create(client, username, 0, self.ADDRESS, self.body(username, number % 8 == 0))
        username = self.random.choice(present)
        if kind < 0.85:
            grade = self.things[username].state + 1
            patch = {"attributes": {"grade": grade}, "full_name": f"Grade {grade}"}
            return self.change(
                username, grade, lambda: client.call("PATCH", f"{self.ADDRESS}/{username}", patch), makes_revision=False)
        self.deleted.add(username)
        return self.change(username, ABSENT, lambda: client.call("DELETE", f"{self.ADDRESS}/{username}"))

    def body(self, username, has_password):
        body = {"username": username, "email": f"{username}@example.com", "full_name": "Grade 0",
                "aliases": [{"kind": "email", "value": f"{username}@example.org"}],
                "attributes": {"grade": 0}, "roles": ["viewer"]}
        return body | ({"password": self.PASSWORD} if has_password else {})

    def actual(self, client, username):
        answer = client.call("GET", f"{self.ADDRESS}/{username}")
        if answer.status == 404:
            return ABSENT
        body = answer.body
        grade = body["attributes"].get("grade")
        aliases = {alias["value"] for alias in body["aliases"]}
        whole = (body["email"] == f"{username}@example.com" and body["roles"] == ["viewer"]
                 and f"{username}@example.org" in aliases and body["full_name"] == f"Grade {grade}")
        return grade if whole else f"half: {answer}"

    def check(self, client):
        newest = sorted(self.touched)
        super().check(client)
        for username in [u for u in newest if self.things[u].state != ABSENT and int(u.split("u")[-1]) % 8 == 0][:1]:
            login = {"type": "password", "authentication_id": f"{username}@example.org", "secret": self.PASSWORD}
            answer = client.call("POST", "/auth/login", login)
            if not answer.good:
                self.ledger.lost.append(f"{self.name}: {username} is there, and cannot sign in by its alias: {answer}")

    def id_of(self, client, username):
        answer = client.call("GET", f"{self.ADDRESS}/{username}")
        return answer.body["id"] if answer.good else None


class Assignments(Writer):
    """Roles given and taken; what is decided follows from it."""

    def set_up(self, client):
        self.ids = {}
        self.users, self.roles, self.nodes = {}, [], {}
        for number in range(3):
            username = f"{self.name}u{number}"
            self.users[username] = client.need("POST", Users.ADDRESS, {"username": username}).body["id"]
            role = f"{self.name}r{number}"
            client.need("POST", "/api/v1/roles", {"name": role, "rules": [f"work:{role}"]})
            self.roles.append(role)
            node = f"{self.name}n{number}"
            self.nodes[node] = client.need("POST", "/api/v1/nodes", {"kind": "company", "name": node}).body["id"]
        for triple in itertools.product(self.users, self.roles, self.nodes):
            self.things[triple] = Register()

    def step(self, client):
        triple = self.random.choice(list(self.things))
        username, role, node = triple
        if self.things[triple].state == ABSENT:
            body = {"subject": f"/main/{username}", "role": role, "node": f"/{node}"}
            answer = self.create(client, triple, "given", "/api/v1/assignments", body)
            if answer.good:
                self.ids[triple] = answer.body["id"]
            return answer
        address = f"/api/v1/assignments/{self.ids[triple]}"
        return self.change(triple, ABSENT, lambda: client.call("DELETE", address))

    def check(self, client):
        there = {}
        for username in self.users:
            path = f"/api/v1/assignments?limit=500&subject={reference('/main/' + username)}"
            for found in client.need("GET", path).body["items"]:
                triple = (username, found["role"]["name"], found["node"]["path"].strip("/"))
                if triple in there:
                    self.ledger.lost.append(f"{self.name}: {triple} is there twice")
                there[triple] = found["id"]
        self.ids = there
        for triple, register in self.things.items():
            self.ledger.settle(register, "given" if triple in there else ABSENT, f"{self.name}: {triple}")
        self.check_decisions(client)
        self.repeat_one(client)
        self.touched.clear()

    def check_decisions(self, client):
        triples = list(self.things)
        requests = [{"principal": {"type": "user", "id": self.users[username]}, "permission": f"work:{role}",
                     "node": self.nodes[node]} for username, role, node in triples]
        answer = client.need("POST", "/api/v1/access/decide", {"requests": requests})
        for triple, decided in zip(triples, answer.body["decisions"], strict=True):
            expected = "allow" if self.things[triple].state == "given" else "deny"
            if decided["decision"] != expected:
                self.ledger.lost.append(f"{self.name}: {triple} is decided {decided}, must be {expected}")

    def repeat_one(self, client):
        """The last request with a key once more. The thing may have been taken away since: then it stays away."""
        for triple, key, path, body in self.keyed[-1:]:
            before = self.things[triple].state
            answer = client.call("POST", path, body, key=key)
            self.is_repeat_or_first(answer, triple, before)
        self.keyed.clear()

    def is_repeat_or_first(self, answer, triple, before):
        if answer.status == 201 and answer.revision is not None:
            self.ledger.note(answer, f"{self.name}: repeat of {triple}", makes_revision=True)
            self.things[triple].possible = ["given"]
            self.ids[triple] = answer.body["id"]
            if before != ABSENT:
                self.ledger.lost.append(f"{self.name}: {triple} was given twice")
        else:
            self.is_repeat(answer, triple, None)


class Keys(Writer):
    """API keys of a service account: their names need not be unique, so a second one would show."""

    first_state = "good"

    def set_up(self, client):
        self.ids, self.secrets, self.deleted = {}, {}, set()
        account = client.need("POST", "/api/v1/service-accounts", {"name": self.name}).body["id"]
        self.account = account
        client.need("POST", "/api/v1/assignments", {"subject": account, "role": "viewer"})

    def step(self, client):
        present = [name for name in self.present() if name in self.ids]
        if len(present) < 3 or (len(present) < 60 and self.random.random() < 0.6):
            name = f"{self.name}-k{next(self.numbers)}"
            body = {"name": name, "role": "viewer", "owner": self.account}
            answer = self.create(client, name, "good", "/api/v1/api-keys", body)
            self.remember(name, answer)
            return answer
        name = self.random.choice(present)
        self.deleted.add(name)
        return self.change(name, ABSENT, lambda: client.call("DELETE", f"/api/v1/api-keys/{self.ids[name]}"))

    def remember(self, name, answer):
        if answer.good:
            self.ids[name], self.secrets[name] = answer.body["id"], answer.body["key"]

    def actual(self, client, name):
        page = client.need("GET", f"/api/v1/api-keys?limit=500&q={name}").body["items"]
        found = [key for key in page if key["name"] == name]
        if len(found) > 1:
            return f"there {len(found)} times"
        if found:
            self.ids[name] = found[0]["id"]
        if name in self.secrets:
            question = {"permission": "read"}
            answer = client.call("POST", "/api/v1/access/decide", question, api_key=self.secrets[name])
            works = answer.good and answer.body["decision"] == "allow"
            if works != bool(found):
                return f"listed {len(found)} times, and its use is answered {answer}"
        return "good" if found else ABSENT


ALL = [Nodes, Users, Assignments, Keys]
__all__ = ["ALL", "Unknown", "Writer"]
