"""Who people are, what each may do, and how long that holds: pure rules, asked by every door."""
