"""Press conferences: what is asked of them, their plan, and how many there were."""
