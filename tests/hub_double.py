"""A test double of the model hub, on the wire: the few answers of its HTTP interface that a pull needs.

It serves repositories from folders (``FOLDER/owner/name/REF/files``) over real sockets on 127.0.0.1. It is not the hub
and holds nothing of it: revisions are hashes of the folders' contents, made up here for these tests only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class HubDouble:
    """The server's address, what it was asked, and the faults it is to have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.asked: list[str] = []
        """Method, path and range of every request."""
        self.breaks_after: int | None = None
        """Bytes of a file after which the connection breaks, once."""
        self.lies: set[str] = set()
        """Files whose promised SHA-256 is wrong."""
        self.gated: set[str] = set()
        """Repositories that ask for a login; as with the hub, anybody may see what they hold."""

    def refs(self, repository: str) -> dict[str, Path]:
        """Ref -> folder."""
        root = self.folder / repository
        return {"main": root / "main", "refs/pr/7": root / "pr7"} if root.is_dir() else {}

    def revision(self, folder: Path) -> str:
        """Forty hexadecimal digits that change with the content."""
        digest = hashlib.sha1(usedforsecurity=False)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def folder_of(self, repository: str, revision: str) -> Path | None:
        """The folder of a ref or of a revision."""
        refs = {name: path for name, path in self.refs(repository).items() if path.is_dir()}
        by_revision = {self.revision(path): path for path in refs.values()}
        return refs.get(revision) or by_revision.get(revision)


def _handler(hub: HubDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            path = unquote(self.path.split("?")[0])
            hub.asked.append(f"{self.command} {path} {self.headers.get('Range', '')}".strip())
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
                self.information(found[1], found[2] or "main", body)
            elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([0-9a-f]{40})/(.+)", path):
                self.file(found[1], found[2], found[3], body)
            else:
                self.refuse(404, "EntryNotFound")

        def refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def information(self, repository: str, revision: str, body: bool) -> None:
            folder = hub.folder_of(repository, revision)
            if folder is None:
                return self.refuse(404, "RevisionNotFound" if hub.refs(repository) else "RepoNotFound")
            files = []
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    name, content = path.relative_to(folder).as_posix(), path.read_bytes()
                    entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": "0" * 40}
                    if name.endswith((".safetensors", ".onnx", ".bin")):
                        digest = "0" * 64 if name in hub.lies else hashlib.sha256(content).hexdigest()
                        entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
                    files.append(entry)
            answer = {"id": repository, "modelId": repository, "sha": hub.revision(folder), "siblings": files}
            return self.send(json.dumps(answer).encode(), {"Content-Type": "application/json"}, body)

        def file(self, repository: str, revision: str, name: str, body: bool) -> None:
            if repository in hub.gated:
                return self.refuse(401, "GatedRepo")
            folder = hub.folder_of(repository, revision)
            if folder is None or not (folder / name).is_file():
                return self.refuse(404, "EntryNotFound")
            content = (folder / name).read_bytes()
            tags = {
                "X-Repo-Commit": revision,
                "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "Accept-Ranges": "bytes",
            }
            return self.send(content, tags, body)

        def send(self, content: bytes, headers: dict[str, str], body: bool) -> None:
            start = int(found[1]) if (found := re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))) else 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if not body:
                return
            if hub.breaks_after is not None and len(content) > hub.breaks_after:
                self.wfile.write(content[start : start + hub.breaks_after])
                hub.breaks_after = None
                self.close_connection = True
                return
            self.wfile.write(content[start:])

    return Handler


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[HubDouble]:
    """Serve a folder until the block ends."""
    hub = HubDouble(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
