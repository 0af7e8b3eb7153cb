"""From a source to a running deadline."""
