"""Copies of the namespace, on the main thread between cells. May be interrupted anywhere."""
