from tests.targets.conftest import plc

__all__ = ["plc"]
