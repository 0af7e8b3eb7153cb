"""From single Items to Incidents: which item belongs where, and what an incident's items say together."""
