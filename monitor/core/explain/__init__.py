"""Why something was decided, and what would have changed it: the deciding functions are asked again, as values."""
