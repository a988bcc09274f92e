"""The embedded warehouse: one DuckDB file of the working folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cchc.engines.base import STATE, BuildState, Engine, Held
from cchc.errors import TransientError
from cchc.surroundings import in_our_terms


class DuckDB(Engine):
    """See ``Engine``."""

    name = "duckdb"
    of_backup = "duckdb"
    lends_parse = True

    @property
    def said(self) -> str:
        """The file."""
        return str(self.settings.duckdb_path)

    @property
    def served_said(self) -> str:
        """The file that is served."""
        return str(self.settings.served_path)

    @property
    def files(self) -> tuple[Path, ...]:
        """The file, and what was written since it was last settled."""
        path = self.settings.duckdb_path
        return tuple(each for each in (path, path.with_name(f"{path.name}.wal")) if each.exists())

    def may_answer(self) -> bool:
        """Whether there is a file."""
        return self.settings.duckdb_path.exists()

    def dbt_environment(self, in_workdir: bool = False) -> dict[str, str]:
        """Path and memory. dbt takes a path for a URL and stumbles over ?, # and %: within the folder a name does."""
        path = self.settings.duckdb_path
        return {
            "CCHC_DBT_TARGET": self.name,
            "CCHC_DUCKDB_PATH": path.name if in_workdir else str(path),
            "CCHC_DUCKDB_MEMORY": self.settings.duckdb_memory,
        }

    def build_state(self) -> BuildState | None:
        """See ``Engine.build_state``."""
        rows = self._asked(STATE) if self.may_answer() else []
        return BuildState(*rows[0]) if rows else None

    def examine(self) -> tuple[str, BuildState | None]:
        """See ``Engine.examine``; of a file there is nothing else to ask."""
        return "DuckDB", self.build_state()

    def rows_held(self) -> dict[str, int]:
        """By the catalogue, which knows them exactly; nothing where no build ever began."""
        if not self.may_answer():
            return {}
        sizes = "select table_name, estimated_size from duckdb_tables() where schema_name <> 'raw'"
        return {str(name): int(size) for name, size in self._asked(sizes)}

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            with duckdb.connect(self.said, read_only=True) as connection:
                return connection.execute(sql).fetchall()
        except duckdb.CatalogException:
            return []
        except duckdb.Error as error:
            told = in_our_terms(error)
            if told and "held by another process" in str(told):
                raise Held(str(told)) from error
            raise told or TransientError(f"{self.said} does not answer: {' '.join(str(error).split())}") from error


ENGINE = DuckDB
