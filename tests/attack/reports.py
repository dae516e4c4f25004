"""Reports are publications: none of them may name a group of the vault.

Looked at are the pieces of every JSON, HTML and Markdown file of a version: a piece that gives
values of two dimensions or more names a group. It is found when that group is one of the truth's,
unless the file is no report on the vault and the group is that of a published row.
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.attack.finding import Finding
from tests.attack.published import Version
from tests.attack.tables import GROUPED, Table
from tests.attack.world import World

SUFFIXES = (".json", ".jsonld", ".html", ".md")
ON_THE_VAULT = ("secret", "qualite")
_BLOCK = re.compile(r"<(li|tr|p|pre|summary|dd)\b[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"</t[dh]>|<br ?/?>|\n|,|;|\|")
Group = dict[str, str]


def attack_reports(world: World) -> list[Finding]:
    """Scan the folders of every version of both tables."""
    finding = Finding("4", "Groupes du coffre nommés dans un rapport")
    for version in world.every_version():
        values = _vocabulary(world, version)
        for path in sorted(version.parquet.parent.iterdir()):
            if path.suffix in SUFFIXES:
                pieces = list(named_groups(path, version.table, values))
                groups = [group for group in pieces if len(group) > 1]
                found = [
                    group
                    for group in groups
                    if _exists(world, world.truths[version], group)
                    and (
                        path.name.startswith(ON_THE_VAULT)
                        or not _exists(world, version.rows_table, group)
                    )
                ]
                finding.add(len(pieces), len(found), part=f"{version.table.name} {path.name}")
    return [finding]


def named_groups(path: Path, table: Table, values: dict[str, str]) -> Iterator[Group]:
    """Each piece of a file: the values it gives, by dimension (one per chain).

    ``values`` gives the dimension of a value that can only be one's.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix in (".json", ".jsonld"):
        yield from _objects(json.loads(text), table)
        return
    blocks = [block for _tag, block in _BLOCK.findall(text)] or text.split("\n")
    for block in blocks:
        group: Group = {}
        for cell in _CELL.split(block):
            words = html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip()
            value = re.sub(r"^.*?(=|:) ", "", words).strip()
            if value in values:
                group[values[value]] = value
        yield group


def _objects(content: object, table: Table) -> Iterator[Group]:
    if isinstance(content, dict):
        yield {
            name: str(content[name])
            for name in table.dimensions
            if isinstance(content.get(name), str | int) and content[name] != GROUPED
        }
        for part in content.values():
            yield from _objects(part, table)
    elif isinstance(content, list):
        for part in content:
            yield from _objects(part, table)


def _vocabulary(world: World, version: Version) -> dict[str, str]:
    """Values of the truth that only one dimension can have, with that dimension."""
    dimensions: dict[str, set[str]] = {}
    for name in version.table.dimensions:
        for value in world.texts(f"select distinct {name} from {world.truths[version]}"):
            dimensions.setdefault(value, set()).add(name)
    return {value: names.pop() for value, names in dimensions.items() if len(names) == 1}


def _exists(world: World, table: str, group: Group) -> bool:
    where = " and ".join(f"{name} = ?" for name in group)
    query = f"select count(*) from {table} where {where}"
    line = world.connection.execute(query, list(group.values())).fetchone()
    return bool(line and line[0])
