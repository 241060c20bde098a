from pathlib import Path

import pytest

from tests.bench._tiny import Project, tiny


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project whose rig is sound."""
    return tiny(tmp_path)
