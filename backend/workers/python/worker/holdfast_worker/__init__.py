"""The process that runs a session's Python code. Standard library only, Python 3.9 and newer.

The main thread runs user code and the session's asyncio loop (`session`); the control thread speaks the protocol
(`control`). Nothing here is imported by user code.
"""
