"""From a running deadline to a logged response."""
