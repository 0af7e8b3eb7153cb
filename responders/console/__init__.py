"""The web console: what runs, why, and what people do about it. Parses input, calls the desk, shows the result."""
