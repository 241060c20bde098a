"""The linear model of the four tanks about the set `nonminimum_phase`, sampled every 5 s, with its observers.

The tables come from controllers/design/quadtank.py. Levels are in cm and pumps in V, away from ZERO: v1, v2, h1, h2,
and then what is bounded, h1 to h4.
"""

import numpy as np

PERIOD = 5.0
A = np.array([
    [0.9234799, 0, 0.1163243, 0],
    [0, 0.9470917, 0, 0.08225443],
    [0, 0, 0.8788806, 0],
    [0, 0, 0, 0.9154558],
])  # fmt: skip
B = np.array([
    [0.23176, 0.02335655],
    [0.01177968, 0.1701157],
    [0, 0.3637628],
    [0.2676606, 0],
])  # fmt: skip
ZERO = np.array([3.15, 3.15, 12.44186, 13.16681, 4.730261, 4.986334])
SPAN = np.array([1, 1, 1, 1, 1, 1])
OBSERVER = np.array([
    [0.380851, 0],
    [0, 0.3847575],
    [0.1255465, 0],
    [0, 0.1350985],
])  # fmt: skip
DISTURBED = np.array([
    [0.4372311, 0.01997025],
    [0.01997025, 0.4225048],
    [0.442433, -0.1543419],
    [-0.1198563, 0.483392],
    [0.01113405, 0.151079],
    [0.1496222, -0.01658131],
])  # fmt: skip

_NONE = np.zeros((2, 4))
OBSERVED = (A, B, np.eye(2, 4), OBSERVER, ZERO, SPAN)
PREDICTED = (
    np.block([[A, B], [_NONE, np.eye(2)]]), np.vstack([B, np.zeros((2, 2))]), np.eye(2, 6), DISTURBED, ZERO, SPAN,
)  # fmt: skip
SHOWN = np.vstack([np.eye(2, 6), np.eye(4, 6)])
"""Rows of the outputs, then of what is bounded."""
