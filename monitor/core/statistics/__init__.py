"""What a period's facts come to in statistics. Pure: every statistic names the rows that it was counted from."""
