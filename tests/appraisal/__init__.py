"""Appraisals of offices, and what the public says."""
