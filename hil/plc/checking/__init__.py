"""Syntax to tree.py: names, types, constants, what a call means, and every diagnostic but those of the reader."""
