"""From an address to Items: fetching, decoding, extracting."""
