"""What needs several requests: pages, caching, pieces of files, single records, raw URLs.

Belongs here: scenarios, each a function of a client. Does not: what one request shows (``cas_*``).
"""

import re
from collections.abc import Callable

from tests.conformite.envoi import Client, Reponse
from tests.conformite.modele import OFFRE, RACINE, params

_CSV, _PARQUET = f"{RACINE}/grand/exports/csv", f"{RACINE}/grand/exports/parquet"


def _suivant(reponse: Reponse) -> str | None:
    found = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', reponse.entetes.get("link", ""))
    return found.group(1) if found else None


def _parcourir(client: Client, **demande: str | int) -> list[int]:
    answer = client.demander(
        f"{RACINE}/grand/records", params({"select": "id", "limit": 90, "after": ""} | demande)
    )
    seen: list[int] = []
    for _ in range(20):
        assert answer.statut == 200, answer.texte
        seen += [row["id"] for row in answer.lire("json")["results"]]
        target = _suivant(answer)
        if target is None:
            return seen
        answer = client.demander(target)
    raise AssertionError("les liens « next » ne finissent pas")


def pages_par_lien(client: Client) -> None:
    """Issue 5: ``Link: rel=next`` goes through all rows once, in the order of the file."""
    assert _parcourir(client) == list(range(1, 401))


def lien_sans_demande(client: Client) -> None:
    """Issue 5, §14: who does not know ``after`` yet finds it in the ``Link`` of a plain page."""
    answer = client.demander(f"{RACINE}/grand/records", params({"select": "id", "limit": 90}))
    target = _suivant(answer)
    assert target, answer.entetes
    assert client.demander(target).lire("json")["results"][0] == {"id": 91}


def pages_par_lien_ordonnees(client: Client) -> None:
    """Issue 5: pages keep the order asked for."""
    assert _parcourir(client, order_by="id desc") == list(range(400, 0, -1))


def pages_par_lien_a_egalites(client: Client) -> None:
    """Issue 5: rows with equal keys are neither lost nor repeated."""
    seen = _parcourir(client, order_by="nombre", limit=35)
    assert sorted(seen) == list(range(1, 401))
    assert [one % 40 for one in seen] == sorted(one % 40 for one in seen)


def pages_par_lien_filtrees(client: Client) -> None:
    """Issue 5: pages keep the filter."""
    assert _parcourir(client, where='groupe = "a"') == list(range(4, 401, 4))


def empreinte_d_un_export(client: Client) -> None:
    """Issue 5: an unfiltered export has an ETag, honoured by If-None-Match."""
    first = client.demander(_CSV)
    assert first.entetes.get("etag"), first.entetes
    assert client.demander(_CSV).entetes["etag"] == first.entetes["etag"]
    again = client.demander(_CSV, If_None_Match=first.entetes["etag"])
    assert (again.statut, again.corps) == (304, b"")


def autre_empreinte(client: Client) -> None:
    """Issue 5: another If-None-Match gets the whole file."""
    assert client.demander(_CSV, If_None_Match='"autre"').statut == 200


def date_d_un_export(client: Client) -> None:
    """Issue 5: an unfiltered export has a Last-Modified, honoured by If-Modified-Since."""
    first = client.demander(_CSV)
    assert first.entetes.get("last-modified"), first.entetes
    again = client.demander(_CSV, If_Modified_Since=first.entetes["last-modified"])
    assert again.statut == 304


def morceau_d_un_export(client: Client) -> None:
    """Issue 5: Range gives a piece of the same bytes."""
    whole = client.demander(_CSV)
    piece = client.demander(_CSV, Range="bytes=10-29")
    assert piece.statut == 206, piece.statut
    assert piece.corps == whole.corps[10:30]
    assert piece.entetes["content-range"] == f"bytes 10-29/{len(whole.corps)}"


def fin_d_un_parquet(client: Client) -> None:
    """Issue 5: a reader of Parquet takes the end first."""
    whole = client.demander(_PARQUET)
    piece = client.demander(_PARQUET, Range="bytes=-8")
    assert (piece.statut, piece.corps) == (206, whole.corps[-8:])
    assert whole.corps[-4:] == b"PAR1"


def morceau_impossible(client: Client) -> None:
    """Issue 5: a piece after the end is refused."""
    assert client.demander(_CSV, Range="bytes=99999999-").statut == 416


def une_ligne(client: Client) -> None:
    """§5: a single record is the flat object itself, under the id that ``recordid`` tells."""
    asked = params({"select": "recordid, id", "where": "id = 2"})
    found = client.demander(f"{RACINE}/types/records", asked).lire("json")["results"][0]
    answer = client.demander(f"{RACINE}/types/records/{found['recordid']}")
    row = answer.lire("json")
    assert (answer.statut, row["id"], row["texte"], row["nombre"]) == (
        200,
        2,
        'dit "bonjour"',
        -2.25,
    )
    chosen = client.demander(
        f"{RACINE}/types/records/{found['recordid']}",
        params({"select": "id,instant", "timezone": "Europe/Paris"}),
    )
    assert chosen.lire("json") == {"id": 2, "instant": "2025-01-01T00:30:00+01:00"}


def une_ligne_de_v1(client: Client) -> None:
    """§13: identifiers of v1 have 40 hexadecimal digits, and lead to the record."""
    asked = params({"dataset": "noms", "rows": 3, "sort": "-id"})
    rows = client.demander("/api/records/1.0/search/", asked).lire("json")["records"]
    names = [row["recordid"] for row in rows]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{40}", name) for name in names), names
    one = client.demander(f"/api/datasets/1.0/noms/records/{names[1]}").lire("json")
    assert one["fields"]["id"] == 2, one


def adresse_sans_codage(client: Client) -> None:
    """§17: raw quotes and parentheses in the URL."""
    target = f'{RACINE}/{OFFRE}/records?limit=0&where=search(intitule_formation,"anglais")'
    answer = client.brut(target)
    assert answer.statut == 200, answer.texte
    assert '"total_count":10' in answer.texte.replace(" ", "")


def liens_d_une_page(client: Client) -> None:
    """§4: the links of a page lead to the next one."""
    asked = params({"select": "id", "limit": 5, "offset": 5, "include_links": "true"})
    links = client.demander(f"{RACINE}/grand/records", asked).lire("json")["_links"]
    found = {link["rel"]: link["href"] for link in links}
    assert {"self", "first", "last", "next"} <= found.keys(), found
    page = client.demander(found["next"]).lire("json")
    assert [row["id"] for row in page["results"]] == [11, 12, 13, 14, 15]


def liens_des_formats(client: Client) -> None:
    """§5: every format that is listed answers."""
    links = client.demander(f"{RACINE}/geo/exports").lire("json")["links"]
    for link in links:
        assert client.demander(link["href"]).statut == 200, link


SCENARIOS: tuple[Callable[[Client], None], ...] = (
    pages_par_lien,
    lien_sans_demande,
    pages_par_lien_ordonnees,
    pages_par_lien_a_egalites,
    pages_par_lien_filtrees,
    empreinte_d_un_export,
    autre_empreinte,
    date_d_un_export,
    morceau_d_un_export,
    fin_d_un_parquet,
    morceau_impossible,
    une_ligne,
    une_ligne_de_v1,
    adresse_sans_codage,
    liens_d_une_page,
    liens_des_formats,
)
