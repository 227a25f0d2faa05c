#!/usr/bin/env python3
"""Kills the server under load, again and again, and looks whether everything that was acknowledged is there.

    tests/kill.py [--rounds 50] [--database sqlite|postgres|both] [--seed N] [--binary PATH]

Several writers change nodes, users, assignments, API keys and sessions over HTTP. At a random moment the server gets
SIGKILL; on PostgreSQL in each fifth round, or in the last of fewer, a process of the database gets it instead, which
makes PostgreSQL drop all connections and recover. Then the server is started on the same data. Each change that was acknowledged must be there,
each that was not must be there whole or not at all, a request that is repeated with its Idempotency-Key must not be done
twice, the revisions must be gapless, the audit log must verify and hold the heads it has shown, and decisions must
follow the assignments. Needs a built server, and for PostgreSQL its Debian package and cargo. Ends with a table of
figures and the line "N passed, N failed"; a round is one test.
"""

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

from killing.database import Postgres, Sqlite, problems
from killing.ledger import Ledger
from killing.server import Client, Server, Unknown
from killing.sessions import Auditor, Sessions
from killing.writers import ALL

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PASSWORD = "correct horse battery"
INSIDE = "PORTCULLIS_TEST_POSTGRES"
VARIABLES = {"INIT_ROOT_USERNAME": "root", "INIT_ROOT_PASSWORD": PASSWORD,
             "APP_KEY": "YSBrZXkgZm9yIHRoZSB0ZXN0cyBvZiB0aGlzIHByb2plY3Qu"}
BACKEND_EVERY = 5


def main():
    options = arguments()
    print(f"seed {options.seed}, server {options.binary}", flush=True)
    reports = []
    if options.database in ("sqlite", "both"):
        with tempfile.TemporaryDirectory(prefix="portcullis-kill.") as data:
            reports.append(Run(options, data, None).all())
    if options.database in ("postgres", "both"):
        reports.append(on_postgres(options))
    reports = [report for report in reports if report is not None]
    return summary(reports) if reports else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--binary", default=None, help="the server; without it, the build that is newest")
    parser.add_argument("--limit", type=float, default=1800, help="no round begins after so many seconds")
    options = parser.parse_args()
    options.binary = options.binary or newest_build()
    return options


def target():
    return os.environ.get("CARGO_TARGET_DIR") or os.path.join(ROOT, "target")


def newest_build():
    builds = [os.path.join(target(), profile, "portcullis") for profile in ("release", "debug")]
    builds = [build for build in builds if os.path.exists(build)]
    if not builds:
        sys.exit("there is no server: run cargo build --release first")
    return max(builds, key=os.path.getmtime)


def on_postgres(options):
    """In a durable cluster of its own, which goes away with the command that it runs: `cat`, until its input ends."""
    script = f'echo "${INSIDE}"; exec cat'
    wrapper = ["cargo", "run", "-q", "-p", "portcullis-testkit", "--bin", "with-postgres", "--", "--durable"]
    built = os.path.join(target(), "debug", "with-postgres")
    wrapper = [built, "--durable"] if os.path.exists(built) else wrapper
    cluster = subprocess.Popen([*wrapper, "sh", "-c", script], cwd=ROOT, text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    try:
        url = cluster.stdout.readline().strip()
        if not url:
            sys.exit("PostgreSQL does not start")
        with tempfile.TemporaryDirectory(prefix="portcullis-kill.") as data:
            return Run(options, data, url).all()
    finally:
        cluster.stdin.close()
        cluster.wait(timeout=60)


class Run:
    """All rounds on one database."""

    def __init__(self, options, data, url):
        self.options, self.ledger = options, Ledger()
        self.database = Postgres(url) if url else Sqlite(data)
        self.random = random.Random(f"{options.seed} {self.database.name}")
        self.server = Server(options.binary, data, free_port(), url, VARIABLES)
        makers = [*ALL, ALL[0], Sessions, Sessions, Auditor]
        self.writers = [make(f"w{number}", self.ledger, options.seed) for number, make in enumerate(makers)]
        self.starts, self.passed, self.failed, self.kills = [], 0, 0, {"server": 0, "database": 0}

    def all(self):
        began = time.monotonic()
        try:
            self.server.start()
            client = self.as_root()
            for writer in self.writers:
                writer.set_up(client)
            for number in range(1, self.options.rounds + 1):
                if time.monotonic() - began > self.options.limit:
                    print(f"{self.database.name}: {number - 1} rounds in {self.options.limit} s; no more", flush=True)
                    self.failed += 1
                    break
                if not self.round(number):
                    break
            if self.server.is_running() and self.server.stop() != 0:
                print("the server does not stop in order")
                self.failed += 1
        finally:
            self.server.kill()
        return self

    def round(self, number):
        """Answers whether it makes sense to go on."""
        lost_before = len(self.ledger.lost)
        try:
            what = self.under_load(number)
            self.check()
        except (AssertionError, Unknown) as error:
            state = "runs" if self.server.is_running() else f"ended with {self.server.process.poll()}"
            said = "".join(self.server.errors)[-2000:]
            self.ledger.lost.append(f"{error}; the server {state}: {said}")
            traceback.print_exc(limit=-3, file=sys.stdout)
            what = "failure"
        lost = self.ledger.lost[lost_before:]
        self.passed, self.failed = self.passed + (not lost), self.failed + bool(lost)
        for line in lost[:20]:
            print(f"  {self.database.name} round {number}: {line}", flush=True)
        for line in self.ledger.surprises[:5]:
            print(f"  {self.database.name} round {number}, a surprise: {line}", flush=True)
        self.ledger.surprises.clear()
        start = f"{self.starts[-1] * 1000:.0f} ms" if self.starts else "-"
        print(f"{self.database.name} round {number}: {what} killed, {self.ledger.acknowledged} acknowledged so far, "
              f"start {start}: {'lost' if lost else 'ok'}", flush=True)
        return what != "failure"

    def under_load(self, number):
        token = self.as_root().token
        stop = threading.Event()
        threads = [threading.Thread(target=self.write, args=(writer, token, stop)) for writer in self.writers]
        for thread in threads:
            thread.start()
        time.sleep(self.random.uniform(0.1, 1.5))
        of_database = isinstance(self.database, Postgres) and number % min(BACKEND_EVERY, self.options.rounds) == 0
        if of_database:
            self.kill_database()
        else:
            self.server.kill()
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a writer waits for an answer for more than a minute"
        if of_database:
            self.server.wait_until_ready()
        else:
            self.starts.append(self.server.start())
        self.kills["database" if of_database else "server"] += 1
        return "a process of the database" if of_database else "the server"

    def write(self, writer, token, stop):
        client = Client(self.server.port, token)
        while not stop.is_set():
            try:
                writer.step(client)
            except Unknown:
                # From here on the writer does not know: it asks no more before the check.
                self.ledger.unknown += 1
                break
        client.close()

    def kill_database(self):
        """SIGKILL for one of its processes: PostgreSQL ends all others, and recovers from its log."""
        connections = self.database.servers_connections()
        assert connections, "the server has no connection to the database"
        os.kill(self.random.choice(connections), signal.SIGKILL)
        time.sleep(0.2)

    def check(self):
        self.ledger.lost += problems(self.database, self.ledger.highest)
        token = self.as_root().token
        # One after the other would take longer than the load.
        with ThreadPoolExecutor(len(self.writers)) as pool:
            for done in [pool.submit(self.check_one, writer, token) for writer in self.writers]:
                done.result()

    def check_one(self, writer, token):
        client = Client(self.server.port, token)
        try:
            writer.check(client)
        finally:
            client.close()

    def as_root(self):
        client = Client(self.server.port)
        login = {"type": "password", "authentication_id": "root", "secret": PASSWORD}
        client.token = client.need("POST", "/auth/login", login).body["access_token"]
        return client


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def summary(reports):
    print()
    print("| database | kills of the server | kills in the database | writes acknowledged | unanswered: happened / not "
          "| states compared | lost | restart median | restart max |")
    print("|---|---|---|---|---|---|---|---|---|")
    for report in reports:
        ledger, starts = report.ledger, report.starts or [0]
        unanswered = f"{ledger.happened} / {ledger.unknown - ledger.happened}"
        print(f"| {report.database.name} | {report.kills['server']} | {report.kills['database']} | {ledger.acknowledged} "
              f"| {unanswered} | {ledger.checked} | {len(ledger.lost)} | {statistics.median(starts) * 1000:.0f} ms "
              f"| {max(starts) * 1000:.0f} ms |")
    passed, failed = sum(r.passed for r in reports), sum(r.failed for r in reports)
    # As Rust's tests say it, for those who count lines.
    print(f"\ntest result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed; rounds of tests/kill.py")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
