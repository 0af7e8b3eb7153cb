"""What one group of sources had of a day and another had not, and what came late or was left out."""
