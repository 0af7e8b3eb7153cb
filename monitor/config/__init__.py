"""What a person writes in files, read and checked: sources, rules, lexicons, settings."""
