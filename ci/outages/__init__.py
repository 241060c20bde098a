"""Outages of real links: servers killed, wires cut, cards off their bus, answers damaged."""
