#!/usr/bin/env python3
"""Two servers on one PostgreSQL: how soon what one takes away is gone on the other.

    tests/replicas.py [--count 1000] [--silent 100] [--cuts 20] [--binary PATH]

Rights of each kind are taken away on one server, and the other is asked over HTTP, again and again, until it refuses. The
time runs from the answer of the first server to the refusal of the second. Then the same while the connection on which
the second server listens says nothing any more although it looks alive, so that only polling is left; and at last with
all connections that it follows with cut silently at the moment of the change: there a 503 counts too, as the server then
says that it does not know. To reach: p99 250 ms, and never more than 1 s. Needs a built server, and Debian's postgresql.
Ends with tables and a line "N passed, N failed"; a row is one test.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote, urlsplit

sys.dont_write_bytecode = True

from kill import INSIDE, PASSWORD, VARIABLES, free_port, newest_build, target, ROOT
from killing.proxy import Proxy
from killing.server import Client, Server, Unknown

P99, WORST = 0.250, 1.0
# A question about oneself, answered from memory.
OWN = {"permission": "read"}
# Longest that is waited for a refusal that does not come.
PATIENCE = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="of each kind, while all is well")
    parser.add_argument("--silent", type=int, default=100, help="of each kind, while the listening connection is silent")
    parser.add_argument("--cuts", type=int, default=20, help="with all connections cut silently")
    parser.add_argument("--limit", type=float, default=1800, help="nothing begins after so many seconds")
    parser.add_argument("--binary", default=None, help="the server; without it, the build that is newest")
    options = parser.parse_args()
    options.binary = options.binary or newest_build()
    wrapper = os.path.join(target(), "debug", "with-postgres")
    cluster = subprocess.Popen([wrapper, "sh", "-c", f'echo "${INSIDE}"; exec cat'], cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        url = cluster.stdout.readline().strip()
        if not url:
            sys.exit("PostgreSQL does not start")
        with tempfile.TemporaryDirectory(prefix="portcullis-replicas.") as data:
            return run(options, data, url)
    finally:
        cluster.stdin.close()
        cluster.wait(timeout=60)


def run(options, data, url):
    address = urlsplit(url)
    proxy = Proxy((address.hostname, address.port))
    through = address._replace(netloc=f"{address.username}:{address.password}@127.0.0.1:{proxy.port}").geturl()
    ports = [free_port(), free_port()]
    variables = VARIABLES | {
        "PORTCULLIS_PUBLIC_ADDRESS": f"http://127.0.0.1:{ports[0]}",
        # Thousands sign in from one address.
        "PORTCULLIS_THROTTLE_SIGN_INS_PER_MINUTE": "0",
    }
    servers = [Server(options.binary, os.path.join(data, name), port, where, variables)
               for name, port, where in (("a", ports[0], url), ("b", ports[1], through))]
    bench = Bench(options, servers, proxy)
    try:
        for server in servers:
            server.start()
        return bench.all()
    finally:
        for server in servers:
            server.kill()


class Bench:
    def __init__(self, options, servers, proxy):
        self.options, self.servers, self.proxy = options, servers, proxy
        self.passed = self.failed = 0

    def all(self):
        self.began = time.monotonic()
        self.a, self.b = (Client(server.port) for server in self.servers)
        self.a.token = self.b.token = sign_in(self.a, "root", PASSWORD)["access_token"]
        kinds = [kind(self.a) for kind in KINDS]
        print(f"server {self.options.binary}", flush=True)
        self.table("all is well", kinds, self.options.count)
        self.proxy.mute("portcullis listener")
        self.table("the listening connection is silent", kinds, self.options.silent)
        self.proxy.speak()
        self.cuts(kinds[2])
        for server in self.servers:
            if server.stop() != 0:
                print("a server does not stop in order")
                self.failed += 1
        print(f"\ntest result: {'FAILED' if self.failed else 'ok'}. {self.passed} passed; {self.failed} failed; "
              "rows of tests/replicas.py")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0

    def table(self, title, kinds, count):
        print(f"\n{title}:\n\n| what is taken away | times | p50 | p99 | worst | answers 503 |\n|---|---|---|---|---|---|", flush=True)
        for kind in kinds:
            self.closed = 0
            times = [self.once(kind) for _ in range(count) if self.has_time()]
            self.row(kind.name, times, P99 if count >= 100 else WORST)

    def cuts(self, kind):
        """At the moment of the change the connections fall silent for ever; new ones work."""
        print("\nall connections that follow are cut silently:\n\n| what is taken away | times | p50 | p99 | worst | answers 503 |\n"
              "|---|---|---|---|---|---|", flush=True)
        times, self.closed = [], 0
        for _ in range(self.options.cuts):
            if self.has_time():
                before = lambda: self.proxy.cut_silently("portcullis listener") + self.proxy.cut_silently("portcullis watch")
                times.append(self.once(kind, before))
        self.row(kind.name, times, WORST)

    def has_time(self):
        return time.monotonic() - self.began < self.options.limit

    def once(self, kind, before=None):
        seen = kind.give(self.a)
        self.until_given(kind, seen)
        if before:
            before()
        kind.take(self.a)
        began = time.monotonic()
        while True:
            try:
                refused = not kind.is_given(self.b, None)
            except Unknown:
                self.closed, refused = self.closed + 1, True
            took = time.monotonic() - began
            if refused or took > PATIENCE:
                return took

    def until_given(self, kind, seen):
        """Asked from the revision of the gift on, it is there at once; unless the server is catching up."""
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                assert kind.is_given(self.b, seen), f"{kind.name}: revision {seen} is not seen"
                return
            except Unknown:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.02)

    def row(self, name, times, p99):
        times.sort()
        at = lambda part: times[min(len(times) - 1, int(len(times) * part))]
        good = bool(times) and at(0.99) <= p99 and times[-1] <= WORST
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        shown = [f"{second * 1000:.0f} ms" for second in ((at(0.5), at(0.99), times[-1]) if times else (0, 0, 0))]
        print(f"| {name} | {len(times)} | {' | '.join(shown)} | {self.closed} |{'' if good else ' too slow'}", flush=True)


def sign_in(client, name, password):
    login = {"type": "password", "authentication_id": name, "secret": password}
    return client.need("POST", "/auth/login", login).body


def node(path):
    return f"/api/v1/nodes/{quote(path, safe='')}"


class Kind:
    """A right that is given and taken. `give` answers the revision from which on it is there."""

    def __init__(self, root):
        self.user = type(self).__name__.lower()
        self.path = f"/{self.user}"
        root.need("POST", "/api/v1/applications", {"name": self.user, "realm": "main"})
        made = root.need("POST", "/api/v1/realms/main/users", {"username": self.user, "password": "first grey stone"})
        self.id = made.body["id"]
        self.set_up(root)
        self.node = root.need("GET", node(self.path)).body["id"]

    def is_given(self, client, seen):
        # By ids, so that it is answered from memory: looking up a name would read rows, and catch up by that.
        question = {"permission": "read", "node": self.node, "principal": {"type": "user", "id": self.id}}
        return client.need("POST", "/api/v1/access/decide", question, seen=seen).body["decision"] == "allow"

    def assign(self, root, where=None, **more):
        given = {"subject": f"/main/{self.user}", "role": "viewer", "node": where or self.path} | more
        return root.need("POST", "/api/v1/assignments", given)

    def folder(self, root, name):
        root.need("POST", "/api/v1/nodes", {"parent": self.path, "kind": "folder", "name": name})
        return f"{self.path}/{name}"


class Session(Kind):
    name = "a session"

    def set_up(self, root):
        pass

    def give(self, root):
        self.session = sign_in(root, self.user, "first grey stone")

    def take(self, root):
        root.need("POST", "/auth/logout", token=self.session["access_token"])

    def is_given(self, client, seen):
        return client.call("POST", "/api/v1/access/decide", OWN, token=self.session["access_token"]).good


class Key(Kind):
    name = "an API key"

    def set_up(self, root):
        self.assign(root)
        self.token = sign_in(root, self.user, "first grey stone")["access_token"]

    def give(self, root):
        made = root.need("POST", "/api/v1/api-keys", {"name": "k", "role": "viewer"}, token=self.token)
        self.key = made.body
        return made.revision

    def take(self, root):
        root.need("DELETE", f"/api/v1/api-keys/{self.key['id']}", token=self.token)

    def is_given(self, client, seen):
        return client.call("POST", "/api/v1/access/decide", OWN, api_key=self.key["key"], seen=seen).good


class Disabled(Kind):
    name = "a user, disabled"

    def set_up(self, root):
        self.assign(root)
        self.address = f"/api/v1/realms/main/users/{self.user}"

    def give(self, root):
        return root.need("POST", f"{self.address}/enable").revision

    def take(self, root):
        root.need("POST", f"{self.address}/disable")


class Assignment(Kind):
    name = "an assignment"

    def set_up(self, root):
        pass

    def give(self, root):
        made = self.assign(root)
        self.assignment = made.body["id"]
        return made.revision

    def take(self, root):
        root.need("DELETE", f"/api/v1/assignments/{self.assignment}")


class Deny(Kind):
    name = "a deny rule, added"

    def set_up(self, root):
        made = root.need("POST", "/api/v1/roles", {"name": "Reader", "owner": self.path, "rules": ["read"]})
        self.address = f"/api/v1/roles/{made.body['id']}"
        self.assign(root, role=made.body["id"])

    def give(self, root):
        return root.need("PUT", self.address, {"name": "Reader", "rules": ["read"]}).revision

    def take(self, root):
        root.need("PUT", self.address, {"name": "Reader", "rules": ["read", "!read"]})


class Member(Kind):
    name = "a membership"

    def set_up(self, root):
        root.need("POST", "/api/v1/groups", {"name": "readers", "owner": self.path})
        self.address = f"/api/v1/groups/{quote(self.path + '/readers', safe='')}/members"
        self.assign(root, subject=f"{self.path}/readers")

    def give(self, root):
        return root.need("POST", self.address, {"member": f"/main/{self.user}"}).revision

    def take(self, root):
        root.need("DELETE", f"{self.address}/{quote('/main/' + self.user, safe='')}")


class Moved(Kind):
    name = "a node, moved"

    def set_up(self, root):
        self.inside, self.outside = self.folder(root, "inside"), self.folder(root, "outside")
        self.assign(root, self.inside)
        made = root.need("POST", "/api/v1/nodes", {"parent": self.outside, "kind": "folder", "name": "leaf"})
        self.leaf, self.path = made.body["id"], f"{self.outside}/leaf"

    def give(self, root):
        return root.need("POST", f"/api/v1/nodes/{self.leaf}/move", {"parent": self.inside}).revision

    def take(self, root):
        root.need("POST", f"/api/v1/nodes/{self.leaf}/move", {"parent": self.outside})


class Connection(Kind):
    name = "a connection"

    def set_up(self, root):
        self.giver, self.taker = self.folder(root, "giver"), self.folder(root, "taker")
        self.assign(root, self.giver)
        self.path = self.taker

    def give(self, root):
        return root.need("POST", f"{node(self.giver)}/connections", {"to": self.taker}).revision

    def take(self, root):
        root.need("DELETE", f"{node(self.giver)}/connections/{quote(self.taker, safe='')}")


KINDS = [Session, Key, Disabled, Assignment, Deny, Member, Moved, Connection]

if __name__ == "__main__":
    sys.exit(main())
