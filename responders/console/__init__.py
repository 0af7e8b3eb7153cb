"""The web page for the people on duty."""
