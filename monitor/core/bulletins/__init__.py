"""Flash reports, special reports and newsletters: numbered issues for leaders. Pure values and decisions."""
