"""A network that falls silent: connections stay open, and nothing comes through. Neither side notices."""

import socket
import threading

BEGINNING = 2048


class Proxy:
    """Passes bytes between loopback connections and a server, until it is told to say nothing."""

    def __init__(self, server):
        self.server, self.links, self.muted = server, [], None
        self.spoken = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def mute(self, text):
        """From now on connections whose client began with this text say nothing, new ones too."""
        with self.spoken:
            self.muted = text.encode()

    def cut_silently(self, text):
        """The connections that there are say nothing any more, for ever; new ones work."""
        with self.spoken:
            chosen = [link for link in self.links if not link.dead and text.encode() in link.beginning]
            for link in chosen:
                link.dead = True
        return len(chosen)

    def speak(self):
        with self.spoken:
            self.muted = None
            self.spoken.notify_all()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            link = Link()
            self.links = [other for other in self.links if not other.over] + [link]
            try:
                server = socket.create_connection(self.server)
            except OSError:
                client.close()
                continue
            for one, other, first in ((client, server, True), (server, client, False)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(link, one, other, first), daemon=True).start()

    def _pass(self, link, source, target, first):
        try:
            while data := source.recv(65536):
                if first and len(link.beginning) < BEGINNING:
                    link.beginning += data
                with self.spoken:
                    self.spoken.wait_for(lambda: not self._is_silent(link))
                target.sendall(data)
        except OSError:
            pass
        with self.spoken:
            self.spoken.wait_for(lambda: not self._is_silent(link))
        link.over = True
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _is_silent(self, link):
        return link.dead or (self.muted is not None and self.muted in link.beginning)


class Link:
    def __init__(self):
        self.beginning, self.dead, self.over = b"", False, False
