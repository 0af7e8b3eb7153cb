"""What the bureau itself publishes, offered as the response to log. People decide; nothing here stops a clock."""
