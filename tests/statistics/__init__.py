"""Figures, and the rows that they were counted from."""
