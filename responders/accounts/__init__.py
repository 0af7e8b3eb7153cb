"""Who may use the service: the register of accounts, the entrance with its sessions, tokens of programs."""

from dataclasses import dataclass

from responders.accounts.entrance import Entrance
from responders.accounts.register import Register
from responders.accounts.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Accounts:
    """All three together, as the doors need them."""

    register: Register
    entrance: Entrance
    tokens: Tokens


__all__ = ["Accounts", "Entrance", "Register", "Tokens"]
