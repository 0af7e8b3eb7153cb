"""A read-only door for language models, by the Model Context Protocol over standard input and output."""
