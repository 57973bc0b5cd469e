"""Each table has one owner: only the domain whose `tables.py` declares it names it in SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tree import syntax_of, text_of, tracked

# What may follow these words in SQL is a table, or several with commas between them. Keywords are
# written in capitals here, names are not.
_TABLE = r"[a-z_]\w*(?:\s+(?:AS\s+)?[a-z_]\w*)?"
NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|TRUNCATE|COPY|LOCK|USING|REFERENCES)\s+(?:ONLY\s+)?"
    rf"({_TABLE}(?:\s*,\s*{_TABLE})*)"
)
# Calls of the driver that take a table by its name.
BY_NAME = {"copy_records_to_table", "copy_to_table", "copy_from_table"}


def owners() -> dict[str, str]:
    """The domain of each table, by the `tables.py` that declares it."""
    return {
        table: path.parts[1]
        for path in tracked("app", ending="/tables.py")
        for table in re.findall(r'tablename="(\w+)"', text_of(path))
    }


def tables_named_in(sql: str) -> set[str]:
    """The words of a statement, or of a part of one, that stand where a table does."""
    found: set[str] = set()
    for listed in NAMED.findall(re.sub(r"--[^\n]*", "", sql)):
        found |= {part.split()[0] for part in listed.split(",") if part.split()}
    return found


def statements_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module with its line; what is put into one by formatting is left out."""
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else " { } " for p in node.values]
            yield node.lineno, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in BY_NAME
        ):
            table = node.args[0]
            named = table.value if isinstance(table, ast.Constant) else "{ }"
            yield node.lineno, f"COPY {named}"


def test_each_domain_names_its_own_tables_alone() -> None:
    owner = owners()
    assert {"tasks", "task_events", "runs", "takes", "graphs", "users", "projects"} <= owner.keys()
    foreign = []
    for path in tracked("app", ending=".py"):
        domain = path.parts[1].removesuffix(".py")
        for line, sql in statements_of(path):
            foreign += [
                f"{path}:{line} names {table}, which is {owner[table]}'s"
                for table in sorted(tables_named_in(sql))
                if owner.get(table, domain) != domain
            ]
    assert not foreign, "ask the owner's facade instead: " + "; ".join(foreign)


def test_no_statement_takes_its_table_from_a_variable() -> None:
    hidden = [
        f"{path}:{line}"
        for path in tracked("app", ending=".py")
        for line, sql in statements_of(path)
        if re.search(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|COPY)\s+\{ \}", sql)
    ]
    assert not hidden, "nobody can see whose table this is: " + "; ".join(hidden)


def test_tables_are_found_wherever_a_statement_names_them() -> None:
    sql = """WITH x AS (SELECT 1 FROM a) -- FROM comment
             UPDATE b t SET y = 1 FROM c n, e AS z, f JOIN d ON true
             WHERE EXISTS (SELECT 1 FROM ONLY g) RETURNING h"""
    assert {"a", "b", "c", "d", "e", "f", "g"} <= tables_named_in(sql)
    assert not {"comment", "h", "x"} & tables_named_in(sql)
