"""The server as a process, and requests to it."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time

START_LIMIT = 60
ANSWER_LIMIT = 30


class Unknown(Exception):
    """No answer came, or one that does not tell: the change is made whole, or not at all."""


class Answer:
    def __init__(self, status, body, revision):
        self.status, self.body, self.revision = status, body, revision

    @property
    def good(self):
        return 200 <= self.status < 300

    def __repr__(self):
        return f"{self.status} {json.dumps(self.body)[:300]}"


class Client:
    """One connection that is kept open. Not for several threads."""

    def __init__(self, port, token=None):
        self.port, self.token, self.connection = port, token, None

    def call(self, method, path, body=None, *, token=None, key=None, api_key=None, seen=None):
        """`seen`: the revision from before which no answer is wanted."""
        headers = {"Portcullis-Revision": str(seen)} if seen else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if api_key:
            headers["X-API-Key"] = api_key
        elif token or self.token:
            headers["Authorization"] = f"Bearer {token or self.token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = self._send(method, path, headers, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unknown(str(error)) from error
        if answer.status >= 500:
            raise Unknown(repr(answer))
        return answer

    def need(self, method, path, body=None, **more):
        """A request that must succeed."""
        answer = self.call(method, path, body, **more)
        if not answer.good:
            raise AssertionError(f"{method} {path} was answered {answer}")
        return answer

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def _send(self, method, path, headers, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_LIMIT)
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, body=data, headers=headers)
        response = self.connection.getresponse()
        raw = response.read()
        revision = response.getheader("Portcullis-Revision")
        if response.status >= 400:
            # Refused before the body was read: the server may close, as HTTP lets it.
            self.close()
        text = json.loads(raw) if raw and "json" in (response.getheader("Content-Type") or "") else None
        return Answer(response.status, text, int(revision) if revision else None)


class Server:
    """`portcullis serve` on one data directory and one port, started again and again."""

    def __init__(self, binary, data, port, database, variables):
        self.port, self.process = port, None
        self.command = [binary, "serve", "--data", data, "--bind", f"127.0.0.1:{port}", "--log", "warn"]
        if database:
            self.command += ["--database", database]
        settings = ("PORTCULLIS_", "INIT_ROOT_", "APP_KEY")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(settings)}
        self.environment = inherited | variables
        self.errors = []

    def start(self):
        """Starts it; answers how long it took until it was ready, in seconds."""
        began = time.monotonic()
        self.errors = []
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._collect, args=(self.process.stderr,), daemon=True).start()
        ready = threading.Event()
        threading.Thread(target=self._announce, args=(self.process.stdout, ready), daemon=True).start()
        while not ready.wait(0.002):
            if self.process.poll() is not None or time.monotonic() - began > START_LIMIT:
                code = self.process.poll()
                self.kill()
                raise AssertionError(f"the server does not start (status {code}): {''.join(self.errors)[-2000:]}")
        self.wait_until_ready()
        return time.monotonic() - began

    def wait_until_ready(self):
        limit = time.monotonic() + START_LIMIT
        client = Client(self.port)
        while True:
            try:
                if client.call("GET", "/readyz").status == 200:
                    return client.close()
            except Unknown as error:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise AssertionError(f"/readyz: {error}: {''.join(self.errors)[-2000:]}") from error
            time.sleep(0.005)

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL: it can clean up nothing."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def stop(self):
        """SIGTERM; answers its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=START_LIMIT)

    def _collect(self, pipe):
        for line in pipe:
            self.errors.append(line)

    def _announce(self, pipe, ready):
        for line in pipe:
            if re.search(r"https?://127\.0\.0\.1:\d+", line):
                ready.set()
