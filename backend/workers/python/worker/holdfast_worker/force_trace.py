"""`force` up to Python 3.11: opcode tracing of the armed frames, re-armed by a profile hook."""
from __future__ import annotations
def arm(frames): pass
def disarm(): pass
