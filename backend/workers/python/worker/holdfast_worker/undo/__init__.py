"""Undoing a cell (Linux): frozen copies of the session's process from before its cells."""
