"""From facts and obligations to deadlines, transitions and alerts."""
