"""Templates of what people receive, and their rendering."""
