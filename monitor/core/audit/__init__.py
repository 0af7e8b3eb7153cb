"""The audit log as values: how its rows are chained, how a chain is checked, what a certificate proves."""
