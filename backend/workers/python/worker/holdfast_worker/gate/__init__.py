"""The consent gate (PEP 578): operations of ordinary code that the policy asks for wait on their own thread for the host's answer."""
