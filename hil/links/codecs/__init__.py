"""Codecs: bytes to values and back, without a socket, a port or a clock."""
