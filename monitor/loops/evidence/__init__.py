"""Keep what was published as evidence, and notice when it no longer stands: never within a person's request."""
