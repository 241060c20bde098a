"""CAN: codecs that know no I/O, the bus on python-can, and the links that carry a rig's values over it.

Nothing here imports a CAN library when it is imported; `bus`, `database` and `canopen` do when they are used.
"""
