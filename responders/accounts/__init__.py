"""Who may use the service: the register of accounts, the entrance with its sessions, tokens of programs."""

from responders.accounts.entrance import Entrance
from responders.accounts.register import Register
from responders.accounts.tokens import Tokens

__all__ = ["Entrance", "Register", "Tokens"]
