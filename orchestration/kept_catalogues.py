"""What the models read again of the published offer: who sold what, in each of its versions.

Shown in the vault beside the registries, as a view of the published files: a withdrawn version has
no file left, and tells nothing.
"""

from orchestration import settings, warehouse
from orchestration.sql import literal
from orchestration.store.versions import parse_version, read_pointer, versions

OFFER = "moncompteformation_catalogueformation"
VIEW = f"{OFFER}__versions"
_NOTHING = (
    "select null::varchar as siret_of, null::varchar as code_certification, "
    "null::date as date_chargement limit 0"
)


def expose() -> None:
    """Show the pairs of every published catalogue: ``siret_of``, ``code_certification``,
    ``date_chargement``. An empty view before any is published.
    """
    folder = settings.publications(OFFER)
    pointer = read_pointer(folder)
    current = parse_version(pointer.version) if pointer else None
    paths = [
        path
        for version in versions(folder)
        if current
        and version <= current
        and (path := folder / str(version) / f"{OFFER}.parquet").exists()
    ]
    query = _NOTHING
    if paths:
        query = (
            "select distinct siret_of, case type_referentiel when 'RS' then 'RS' || code_rs "
            "else 'RNCP' || code_rncp end as code_certification, date_chargement from "
            f"read_parquet([{', '.join(map(literal, paths))}], union_by_name = true) "
            "where type_referentiel is not null"
        )
    with warehouse.vault() as connection:
        connection.execute("create schema if not exists coffre.registre")
        connection.execute(f"create or replace view coffre.registre.{VIEW} as {query}")
