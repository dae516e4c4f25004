"""dbt-duckdb plugin: gives dbt's connection the vault and the encryption keys.

Attaching here, not in ``profiles.yml``, keeps the vault's key out of files, environment and logs.
"""

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration import warehouse


class Plugin(BasePlugin):
    """Called by dbt-duckdb for each new connection."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        warehouse.prepare(conn)
        warehouse.attach_vault(conn)
