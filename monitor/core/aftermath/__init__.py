"""An incident looked back upon: its course against its deadlines, what was late and why, what is learnt."""
