"""From the text of an Item to an Assessment."""
