"""The yearly appraisal of offices: its steps, what it is measured by, and what the public says. Pure."""
