"""The path of a release from its draft to the public: who looks at it, in which order, and what each look binds."""
