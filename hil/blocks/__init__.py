"""Blocks: native functions with one C signature on plain memory, and what steps a plant between them."""

from hil.blocks.block import Block, ParameterSet, Plant, first_not_finite
from hil.blocks.envelope import OUTSIDE, counters, envelope
from hil.blocks.kernel import FAILED, Function, Kernel, function
from hil.blocks.solver import DIVERGED, METHODS, NO_SOLUTION, SINGULAR, Solver

__all__ = [
    "DIVERGED",
    "FAILED",
    "METHODS",
    "NO_SOLUTION",
    "OUTSIDE",
    "SINGULAR",
    "Block",
    "Function",
    "Kernel",
    "ParameterSet",
    "Plant",
    "Solver",
    "counters",
    "envelope",
    "first_not_finite",
    "function",
]
