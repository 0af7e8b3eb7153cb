"""Ways to reach people: each formats and posts, and decides nothing."""
