"""Leg 1: from a source to an incident with its deadlines."""
