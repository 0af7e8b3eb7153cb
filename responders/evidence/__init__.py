"""Evidence that others can examine: archives as libraries keep them, time stamps as courts know them, bundles."""
