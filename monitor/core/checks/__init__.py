"""Whether a release says what people need: fourteen checks of a text against what is known. Pure advice."""
