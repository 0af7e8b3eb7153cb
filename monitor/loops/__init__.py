"""The legs of the service: each reads facts, lets the core decide, writes the decision."""
