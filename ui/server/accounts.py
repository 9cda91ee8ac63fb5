"""Who may work at the staff desk: names, roles, argon2 hashes of passwords, and the sessions that were ended.

All of it is one file of the data folder that only its owner may read. It is read anew when it has changed, so that what
the command ``interpreter staff`` does holds for a program that runs already.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from filelock import FileLock

from interpreter.errors import InterpreterError
from venues.names import nearest

Role = Literal["editor", "approver", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""The least first; each may do what those before it may."""
SESSION = 8 * 3600
"""Seconds after which a session ends."""
LONGEST_NAME = 60
"""Letters."""
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
"""Letters."""


class AccountError(InterpreterError):
    """A name, a role or a password that cannot be taken."""


@dataclass(frozen=True)
class User:
    """Somebody who works at the desk."""

    name: str
    role: Role
    hash: str
    """Of the password, as argon2 writes it."""

    def may(self, role: Role) -> bool:
        """Whether this person may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def mark(self) -> str:
        """Changes with the password, so that a new one ends every session of the old."""
        return hashlib.sha256(self.hash.encode()).hexdigest()[:16]


def folded(name: str) -> str:
    """A name as it is compared: neither case nor width nor spaces around it tell two people apart."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def role_of(text: str) -> Role:
    """The role of that name. Raises AccountError naming the nearest."""
    if text not in ROLES:
        raise AccountError(f"'{text}' is no role; {nearest(text, ROLES)}")
    return text


class Accounts:
    """The accounts of a data folder. Its methods may be called from any thread."""

    def __init__(self, data: Path) -> None:
        self._path = data / "staff.json"
        self._secret = data / "staff.secret"
        self._hasher = PasswordHasher()
        # What is verified for a name that nobody has: whoever guesses names learns nothing from the time it takes.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
        # A verification takes 64 MiB; a crowd at the door must not take the memory that the interpreter needs.
        self._door = threading.BoundedSemaphore(2)
        self._lock = threading.Lock()
        self._read_at: tuple[int, int, int] | None = None
        self._users: dict[str, User] = {}
        self._ended: dict[str, float] = {}

    # People

    def users(self) -> tuple[User, ...]:
        """Everybody, by name. Raises AccountError when the file is damaged."""
        return tuple(sorted(self._load()[0].values(), key=lambda user: folded(user.name)))

    def find(self, name: str) -> User | None:
        """The user of a name."""
        return self._load()[0].get(folded(name))

    def add(self, name: str, role: str, password: str) -> User:
        """A new user. Raises AccountError for a name that is taken or not allowed, a role or a password likewise."""
        name = unicodedata.normalize("NFKC", name).strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise AccountError(f"a name has 1 to {LONGEST_NAME} letters, all of which can be seen.")
        user = User(name, role_of(role), self._hashed(password))
        with self._changing() as users:
            if folded(name) in users:
                raise AccountError(f"'{name}' is there already; set a password: interpreter staff password '{name}'")
            users[folded(name)] = user
        return user

    def remove(self, name: str) -> None:
        """Take a user away; their sessions end. Raises AccountError for an unknown name or the last administrator."""
        with self._changing() as users:
            user = _known(users, name)
            del users[folded(name)]
            _governed(users, user)

    def set_role(self, name: str, role: str) -> User:
        """Give a user another role. Raises AccountError as :meth:`remove`."""
        with self._changing() as users:
            user = replace(_known(users, name), role=role_of(role))
            users[folded(name)] = user
            _governed(users, user)
        return user

    def set_password(self, name: str, password: str) -> User:
        """Give a user another password; their sessions end. Raises AccountError."""
        fresh = self._hashed(password)
        with self._changing() as users:
            user = replace(_known(users, name), hash=fresh)
            users[folded(name)] = user
        return user

    def check(self, name: str, password: str) -> User | None:
        """The user whose password it is; None otherwise, which takes as long for a name that nobody has."""
        user = self.find(name)
        with self._door:
            try:
                self._hasher.verify(user.hash if user else self._nobody, password[: LONGEST_PASSWORD + 1])
            except (VerificationError, InvalidHashError):
                return None
        return user

    def _hashed(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise AccountError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} letters; "
                               f"this one has {len(password)}.")  # fmt: skip
        return self._hasher.hash(password)

    # Sessions

    def begin(self, user: User) -> dict[str, Any]:
        """What the signed cookie of a new session holds."""
        return {"name": user.name, "mark": user.mark, "id": secrets.token_urlsafe(16), "begun": int(time.time())}

    def holder(self, session: Mapping[str, Any]) -> User | None:
        """Whose session it is; None when it has ended, or belongs to nobody."""
        name, begun = session.get("name"), session.get("begun")
        if not isinstance(name, str) or not isinstance(begun, int) or time.time() - begun > SESSION:
            return None
        users, ended = self._load()
        user = users.get(folded(name))
        return user if user and user.mark == session.get("mark") and session.get("id") not in ended else None

    def end(self, session: Mapping[str, Any]) -> None:
        """End a session for good: a copy of its cookie is worth nothing afterwards."""
        if self.holder(session) is not None:
            with self._changing():
                self._ended[str(session["id"])] = float(session["begun"]) + SESSION

    def secret(self) -> str:
        """What the cookies are signed with; made at the first call."""
        try:
            return self._secret.read_text(encoding="ascii")
        except FileNotFoundError:
            fresh = secrets.token_urlsafe(48)
            # Whoever is first makes it; 0o600 from the start, so that nobody reads it in between.
            try:
                self._secret.parent.mkdir(parents=True, exist_ok=True)
                with open(os.open(self._secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(fresh)
            except FileExistsError:
                return self._secret.read_text(encoding="ascii")
            except OSError:  # the data folder can only be read: sessions end with the program
                return fresh
            return fresh

    # The file

    def _load(self) -> tuple[dict[str, User], dict[str, float]]:
        with self._lock:
            try:
                stat = self._path.stat()
                seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            except FileNotFoundError:
                self._users, self._ended, self._read_at = {}, {}, None
                return self._users, self._ended
            if seen != self._read_at:
                self._users, self._ended = self._parsed()
                self._read_at = seen
            return self._users, self._ended

    def _parsed(self) -> tuple[dict[str, User], dict[str, float]]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            users = [User(str(each["name"]), role_of(each["role"]), str(each["hash"])) for each in content["users"]]
            ended = {str(key): float(until) for key, until in content["ended"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AccountError(
                f"the file {self._path} cannot be used ({error}); put back a copy, or delete it and make an "
                "administrator: interpreter staff add NAME --role administrator"
            ) from None
        return {folded(user.name): user for user in users}, ended

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        """The users, to be changed; written in one step afterwards, unless something was raised."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock"), timeout=20):
            users = dict(self._load()[0])
            yield users
            now = time.time()
            self._ended = {key: until for key, until in self._ended.items() if until > now}
            people = [{"name": user.name, "role": user.role, "hash": user.hash} for user in users.values()]
            content = json.dumps({"users": people, "ended": self._ended}, ensure_ascii=False, indent=1)
            # mkstemp gives the file to its owner alone, and it keeps that when it takes its place.
            handle, partial = tempfile.mkstemp(dir=self._path.parent, suffix=".partial")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(partial, self._path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise


def _known(users: Mapping[str, User], name: str) -> User:
    user = users.get(folded(name))
    if user is None:
        raise AccountError(f"there is no user '{name}'; {nearest(name, [each.name for each in users.values()])}")
    return user


def _governed(users: Mapping[str, User], changed: User) -> None:
    """Raise AccountError when nobody could look after the users any more."""
    if not any(user.role == "administrator" for user in users.values()):
        raise AccountError(f"'{changed.name}' is the last administrator; make another one first.")
