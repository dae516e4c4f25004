"""Extracts of five years, written once for all that reads them."""

from pathlib import Path

import duckdb
import pytest

from orchestration.generation.generator import generate
from orchestration.generation.scales import fraction
from tests.factories.generated import load


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extraits")
    generate(fraction(0.002), "2024-12", 7, folder)
    return folder


@pytest.fixture(scope="session")
def base(extracts: Path) -> duckdb.DuckDBPyConnection:
    """Tables ``versions`` and ``financements`` as delivered, ``dossiers`` with the newest ones."""
    return load(extracts)
