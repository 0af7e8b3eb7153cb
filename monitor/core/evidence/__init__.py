"""Whether what was published stands: what a fetch of its page shows, compared with what was logged and kept before."""
