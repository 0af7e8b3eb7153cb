"""Who may use the service: the register of accounts, the entrance with its sessions, tokens of programs."""

from dataclasses import dataclass

from responders.accounts.entrance import Entrance
from responders.accounts.register import Register
from responders.accounts.single_sign_on import SingleSignOn
from responders.accounts.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Accounts:
    """All of it together, as the doors need it; `other` is a service at which people sign in, where there is one."""

    register: Register
    entrance: Entrance
    tokens: Tokens
    other: SingleSignOn | None = None


__all__ = ["Accounts", "Entrance", "Register", "Tokens"]
