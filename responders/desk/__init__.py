"""What people can do, whichever door they come through: one desk for matters and their deadlines."""

from responders.desk.matters import Desk

__all__ = ["Desk"]
