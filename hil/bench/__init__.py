"""The bench: open a rig, check its wiring, run it, judge it, seal the evidence."""
