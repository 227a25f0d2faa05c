"""The rows themselves, read past the server: nothing may be there by halves."""

import os
import shutil
import sqlite3
import subprocess
import glob

# Each counts what must not be.
NONE = {
    "a user without its node": "SELECT COUNT(*) FROM app_user u LEFT JOIN node n ON n.id = u.id AND n.kind = 'user' "
                               "WHERE n.id IS NULL",
    "a node without its user": "SELECT COUNT(*) FROM node n LEFT JOIN app_user u ON u.id = n.id "
                               "WHERE n.kind = 'user' AND u.id IS NULL",
    "a user without its name as an alias": "SELECT COUNT(*) FROM app_user u WHERE NOT EXISTS "
                                           "(SELECT 1 FROM alias a WHERE a.user_id = u.id AND a.is_username)",
    "an open session without its refresh token": "SELECT COUNT(*) FROM session s LEFT JOIN refresh_token r "
                                                 "ON r.session = s.id WHERE s.ended_at IS NULL AND r.session IS NULL",
    "a folder without both its properties": "SELECT COUNT(*) FROM node n WHERE n.kind = 'folder' AND "
                                            "(SELECT COUNT(*) FROM node_property p WHERE p.node = n.id) <> 2",
    "a folder without its tag": "SELECT COUNT(*) FROM node n WHERE n.kind = 'folder' AND "
                                "(SELECT COUNT(*) FROM node_tag t WHERE t.node = n.id) <> 1",
}
REVISIONS = ("SELECT h.revision, (SELECT COUNT(*) FROM change_log), (SELECT COALESCE(MAX(revision), 0) FROM change_log), "
             "(SELECT COALESCE(MIN(revision), 1) FROM change_log) FROM head h")
PLACES = "SELECT id, parent, label, label_end FROM node ORDER BY label, label_end DESC"


class Sqlite:
    name = "SQLite"

    def __init__(self, data):
        self.path = os.path.join(data, "portcullis.db")

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def problems(self):
        said = self.rows("PRAGMA integrity_check")
        return [] if said == [("ok",)] else [f"integrity_check: {said[:3]}"]


class Postgres:
    name = "PostgreSQL"

    def __init__(self, url):
        self.url = url

    def rows(self, sql):
        psql = shutil.which("psql") or sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
        command = [psql, self.url, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise AssertionError(f"psql: {done.stderr}")
        value = lambda text: int(text) if text.lstrip("-").isdigit() else text or None
        return [tuple(value(text) for text in line.split("\t")) for line in done.stdout.splitlines() if line]

    def problems(self):
        return []

    def servers_connections(self):
        """The processes of PostgreSQL that work for the server."""
        sql = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'portcullis%'"
        return [pid for (pid,) in self.rows(sql)]


def problems(database, highest):
    """What is wrong with the rows. `highest` is the highest revision that was acknowledged."""
    found = database.problems()
    for what, sql in NONE.items():
        count = database.rows(sql)[0][0]
        if count:
            found.append(f"{what}: {count}")
    head, count, last, first = database.rows(REVISIONS)[0]
    if not (count == last - first + 1 and last == head and first == 1):
        found.append(f"revisions: head {head}, {count} from {first} to {last}")
    if head < highest:
        found.append(f"the head is revision {head}, {highest} was acknowledged")
    return found + places(database.rows(PLACES))


def places(rows):
    """Each node's labels lie within its parent's, and siblings do not overlap."""
    found, above = [], []
    for node, parent, label, end in rows:
        while above and above[-1][1] <= label:
            above.pop()
        expected = above[-1][0] if above else None
        if parent != expected or (above and end > above[-1][1]):
            found.append(f"node {node} at {label}..{end} is not in its parent's place")
        above.append((node, end))
    return found[:5]
