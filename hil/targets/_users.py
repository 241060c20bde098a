"""Who may do what: the three roles of the server and the users that have them."""

from dataclasses import dataclass
from typing import Literal, get_args

from asyncua.crypto.permission_rules import User, UserRole

from hil.targets._values import Value

Role = Literal["read-only", "operator", "engineer"]
ROLES: tuple[Role, ...] = get_args(Role)

METHODS: dict[str, Role] = {
    "Start": "operator",
    "Stop": "operator",
    "Step": "engineer",
    "Reset": "engineer",
    "Restart": "engineer",
    "Force": "engineer",
    "Unforce": "engineer",
}
"""The least role that may call each method."""


@dataclass
class Account(User):  # type: ignore[misc]
    """A client's user: `read-only` reads, `operator` writes inputs and globals, `engineer` does everything."""

    right: Role = "read-only"


def account(name: str, right: Role) -> Account:
    """Return a user as the server keeps it for a session."""
    return Account(UserRole.User, name, right)


def right(user: User | None) -> Role:
    """Return what a session's user is allowed."""
    return user.right if isinstance(user, Account) else "read-only"


def at_least(user: User | None, least: Role) -> bool:
    """Whether a user has a role or a higher one."""
    return ROLES.index(right(user)) >= ROLES.index(least)


def may_write(user: User | None, value: Value) -> bool:
    """Whether a user may write a variable."""
    return at_least(user, "operator" if value.input else "engineer")
