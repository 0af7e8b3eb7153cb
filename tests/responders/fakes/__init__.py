"""Strict stand-ins for providers, over real sockets: they refuse what the real ones refuse and keep what they took."""
