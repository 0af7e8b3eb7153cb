"""What a period's facts come to in figures. Pure: every figure names the rows that it was counted from."""
