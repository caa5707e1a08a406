"""Who uses an installation and what they may do: the file `class.toml` of a data folder.

    [auth]                       # Streamlit's own keys of its sign-in by OpenID Connect
    redirect_uri = "https://atenea.example.edu/oauth2callback"
    cookie_secret = "..."
    client_id = "..."
    client_secret = "..."
    server_metadata_url = "https://accounts.example.edu/.well-known/openid-configuration"

    [roles]
    teachers = ["ana@example.edu"]       # who is in neither list is a student
    researchers = ["luis@example.edu"]
    members = ["example.edu"]            # domains whose people may come in; without the key, whom the provider knows
    claim = "groups"                     # optional: the provider says it, instead of addresses
    teacher_values = ["staff"]
    researcher_values = ["research"]

A person is who the provider's verified token says, by `iss` and `sub`; nothing that anybody types is believed. An
address gives a role only when the provider says that it is verified.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tutor.errors import BadClass

ME = "me"
FILE = "class.toml"
STUDENT, TEACHER, RESEARCHER, OWNER = "student", "teacher", "researcher", "owner"
AUTH_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
NAME_LETTERS = 20  # of the digest that names a learner


@dataclass(frozen=True, slots=True)
class Person:
    """Who is before Atenea. `learner`: under which name what they learn is kept, "" for nobody; `roles`: none of them
    for a visitor; `name`: how they are greeted."""

    learner: str = ""
    roles: frozenset[str] = frozenset()
    name: str = ""


ALONE = Person(ME, frozenset({STUDENT, TEACHER, RESEARCHER, OWNER}))  # the one person of a machine of their own
VISITOR = Person()


class Roles(BaseModel):
    """The table `[roles]`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    teachers: list[str] = []
    researchers: list[str] = []
    members: list[str] | None = None
    claim: str = ""
    teacher_values: list[str] = []
    researcher_values: list[str] = []

    def person(self, claims: Mapping[str, Any]) -> Person:
        """Who the claims of a verified token speak of; a visitor, where they name nobody or nobody of this class."""
        issuer, subject = claims.get("iss"), claims.get("sub")
        if not (isinstance(issuer, str) and issuer and isinstance(subject, str) and subject):
            return VISITOR
        address = _verified_address(claims)
        if self.members is not None and not _lies_in(address, self.members):
            return VISITOR
        named = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:NAME_LETTERS]
        return Person(f"p-{named}", frozenset({STUDENT, *self._more(claims, address)}), _called(claims, address))

    def _more(self, claims: Mapping[str, Any], address: str) -> set[str]:
        said = claims.get(self.claim) if self.claim else None
        values = {said} if isinstance(said, str) else {one for one in said or () if isinstance(one, str)}
        lists = ((TEACHER, self.teachers, self.teacher_values), (RESEARCHER, self.researchers, self.researcher_values))
        return {
            role for role, addresses, named in lists
            if values & set(named) or (address and address in map(str.casefold, addresses))
        }  # fmt: skip


def _verified_address(claims: Mapping[str, Any]) -> str:
    address = claims.get("email")
    return address.casefold() if isinstance(address, str) and claims.get("email_verified") is True else ""


def _lies_in(address: str, domains: list[str]) -> bool:
    return address.partition("@")[2] in {domain.casefold().removeprefix("@") for domain in domains} - {""}


def _called(claims: Mapping[str, Any], address: str) -> str:
    name = claims.get("name")
    return name if isinstance(name, str) and name.isprintable() and name.strip() else address


def read_roles(file: Path) -> Roles | None:
    """The roles of a class; None where the data folder has no such file. Raises `BadClass`: it cannot be read, has
    faults, or lacks a key of the sign-in."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadClass("class-unreadable", path=file, reason=error) from error
    auth = table.get("auth")
    missing = [key for key in AUTH_KEYS if not isinstance(auth, dict) or not auth.get(key)]
    if missing:
        raise BadClass("class-without-sign-in", path=file, missing=", ".join(missing))
    try:
        return Roles.model_validate(table.get("roles", {}))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "?"
        raise BadClass("class-roles", path=file, place=place, reason=first["msg"]) from error
