"""The migrations make what `tables.py` of each domain declares: no more, no less, nothing else."""

from __future__ import annotations

import importlib
from typing import Any

import asyncpg
import pytest
from piccolo.columns import Column, ForeignKey
from piccolo.columns.base import OnDelete
from piccolo.table import Table
from tree import text_of, tracked

TYPES = {"TIMESTAMPTZ": "timestamp with time zone"}
ON_DELETE = {"a": OnDelete.no_action, "c": OnDelete.cascade, "n": OnDelete.set_null,
             "r": OnDelete.restrict}  # fmt: skip

MODULES = tracked("app", ending="/tables.py")


def declared() -> dict[str, tuple[str, type[Table]]]:
    """Each table that a domain declares, by its name, with the domain."""
    found: dict[str, tuple[str, type[Table]]] = {}
    for path in MODULES:
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Table) and value is not Table:
                assert value._meta.tablename not in found, f"{path} declares {value} once more"
                found[value._meta.tablename] = path.parts[1], value
    return found


def shape_of(column: Column) -> dict[str, Any]:
    """What a declaration says of a column."""
    shape: dict[str, Any] = {
        "type": TYPES.get(column.column_type, column.column_type.lower()),
        "null": column._meta.null,
        "key": column._meta.primary_key,
        "references": None,
    }
    if isinstance(column, ForeignKey):
        meta = column._foreign_key_meta
        shape["references"] = meta.resolved_references._meta.tablename, meta.on_delete
    return shape


@pytest.fixture(scope="module")
async def migrated(database_urls) -> dict[str, dict[str, dict[str, Any]]]:
    """The shape of every column of the migrated database, by table."""
    connection = await asyncpg.connect(database_urls.owner_url)
    try:
        columns = await connection.fetch(
            """SELECT c.relname AS table, a.attname AS column, NOT a.attnotnull AS null,
                 format_type(a.atttypid, a.atttypmod) AS type,
                 EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid
                         AND k.contype = 'p' AND a.attnum = ANY(k.conkey)) AS key
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                 AND a.attnum > 0 AND NOT a.attisdropped"""
        )
        references = await connection.fetch(
            """SELECT k.conrelid::regclass::text AS table, a.attname AS column,
                 k.confrelid::regclass::text AS target, k.confdeltype::text AS on_delete
               FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid
                 AND a.attnum = k.conkey[1] WHERE k.contype = 'f'"""
        )
    finally:
        await connection.close()
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for row in columns:
        shape = {name: row[name] for name in ("type", "null", "key")}
        tables.setdefault(row["table"], {})[row["column"]] = {**shape, "references": None}
    for row in references:
        reference = row["target"], ON_DELETE[row["on_delete"]]
        tables[row["table"]][row["column"]]["references"] = reference
    # Piccolo's own, in which it notes the migrations that have run.
    del tables["migration"]
    return tables


async def test_every_table_is_declared_in_the_domain_whose_migrations_make_it(migrated) -> None:
    tables = declared()
    assert migrated.keys() == tables.keys()
    for name, (domain, _) in tables.items():
        made_by = {
            path.parts[1]
            for path in tracked("migrations", ending=".py")
            if f"TABLE {name} (" in text_of(path)
        }
        assert made_by == {domain}, f"{name} is declared by {domain} and made by {made_by}"


@pytest.mark.parametrize("name", sorted(declared()))
async def test_the_migrated_table_is_as_it_is_declared(migrated, name) -> None:
    _, table = declared()[name]
    expected = {column._meta.db_column_name: shape_of(column) for column in table._meta.columns}
    assert migrated.get(name) == expected
