"""What needs several requests: pages, caching, pieces of files, single records, raw URLs."""

import re
from collections.abc import Callable

from tests.conformity.case import OFFER, ROOT, params
from tests.conformity.client import Answer, Client

_CSV, _PARQUET = f"{ROOT}/grand/exports/csv", f"{ROOT}/grand/exports/parquet"


def _next_link(response: Answer) -> str | None:
    result = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', response.headers.get("link", ""))
    return result.group(1) if result else None


def _walk_pages(client: Client, **query: str | int) -> list[int]:
    answer = client.request(
        f"{ROOT}/grand/records", params({"select": "id", "limit": 90, "after": ""} | query)
    )
    seen: list[int] = []
    for _ in range(20):
        assert answer.status == 200, answer.text
        seen += [row["id"] for row in answer.read("json")["results"]]
        target = _next_link(answer)
        if target is None:
            return seen
        answer = client.request(target)
    raise AssertionError("les liens « next » ne finissent pas")


def pages_by_link(client: Client) -> None:
    """Issue 5: ``Link: rel=next`` goes through all rows once, in the order of the file."""
    assert _walk_pages(client) == list(range(1, 401))


def link_without_asking(client: Client) -> None:
    """Issue 5, §14: who does not know ``after`` yet finds it in the ``Link`` of a plain page."""
    answer = client.request(f"{ROOT}/grand/records", params({"select": "id", "limit": 90}))
    target = _next_link(answer)
    assert target, answer.headers
    assert client.request(target).read("json")["results"][0] == {"id": 91}


def pages_by_link_ordered(client: Client) -> None:
    """Issue 5: pages keep the order asked for."""
    assert _walk_pages(client, order_by="id desc") == list(range(400, 0, -1))


def pages_by_link_with_ties(client: Client) -> None:
    """Issue 5: rows with equal keys are neither lost nor repeated."""
    seen = _walk_pages(client, order_by="nombre", limit=35)
    assert sorted(seen) == list(range(1, 401))
    assert [one % 40 for one in seen] == sorted(one % 40 for one in seen)


def pages_by_link_filtered(client: Client) -> None:
    """Issue 5: pages keep the filter."""
    assert _walk_pages(client, where='groupe = "a"') == list(range(4, 401, 4))


def export_etag(client: Client) -> None:
    """Issue 5: an unfiltered export has an ETag, honoured by If-None-Match."""
    first = client.request(_CSV)
    assert first.headers.get("etag"), first.headers
    assert client.request(_CSV).headers["etag"] == first.headers["etag"]
    again = client.request(_CSV, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def other_etag(client: Client) -> None:
    """Issue 5: another If-None-Match gets the whole file."""
    assert client.request(_CSV, If_None_Match='"autre"').status == 200


def export_last_modified(client: Client) -> None:
    """Issue 5: an unfiltered export has a Last-Modified, honoured by If-Modified-Since."""
    first = client.request(_CSV)
    assert first.headers.get("last-modified"), first.headers
    again = client.request(_CSV, If_Modified_Since=first.headers["last-modified"])
    assert again.status == 304


def export_range(client: Client) -> None:
    """Issue 5: Range gives a piece of the same bytes."""
    whole = client.request(_CSV)
    part = client.request(_CSV, Range="bytes=10-29")
    assert part.status == 206, part.status
    assert part.body == whole.body[10:30]
    assert part.headers["content-range"] == f"bytes 10-29/{len(whole.body)}"


def parquet_tail(client: Client) -> None:
    """Issue 5: a reader of Parquet takes the end first."""
    whole = client.request(_PARQUET)
    part = client.request(_PARQUET, Range="bytes=-8")
    assert (part.status, part.body) == (206, whole.body[-8:])
    assert whole.body[-4:] == b"PAR1"


def unsatisfiable_range(client: Client) -> None:
    """Issue 5: a piece after the end is refused."""
    assert client.request(_CSV, Range="bytes=99999999-").status == 416


def single_record(client: Client) -> None:
    """§5: a single record is the flat object itself, under the id that ``recordid`` tells."""
    parameters = params({"select": "recordid, id", "where": "id = 2"})
    result = client.request(f"{ROOT}/types/records", parameters).read("json")["results"][0]
    answer = client.request(f"{ROOT}/types/records/{result['recordid']}")
    row = answer.read("json")
    assert (answer.status, row["id"], row["texte"], row["nombre"]) == (
        200,
        2,
        'dit "bonjour"',
        -2.25,
    )
    chosen = client.request(
        f"{ROOT}/types/records/{result['recordid']}",
        params({"select": "id,instant", "timezone": "Europe/Paris"}),
    )
    assert chosen.read("json") == {"id": 2, "instant": "2025-01-01T00:30:00+01:00"}


def single_v1_record(client: Client) -> None:
    """§13: identifiers of v1 have 40 hexadecimal digits, and lead to the record."""
    parameters = params({"dataset": "noms", "rows": 3, "sort": "-id"})
    rows = client.request("/api/records/1.0/search/", parameters).read("json")["records"]
    names = [row["recordid"] for row in rows]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{40}", name) for name in names), names
    one = client.request(f"/api/datasets/1.0/noms/records/{names[1]}").read("json")
    assert one["fields"]["id"] == 2, one


def unencoded_address(client: Client) -> None:
    """§17: raw quotes and parentheses in the URL."""
    target = f'{ROOT}/{OFFER}/records?limit=0&where=search(intitule_formation,"anglais")'
    answer = client.raw(target)
    assert answer.status == 200, answer.text
    assert '"total_count":10' in answer.text.replace(" ", "")


def page_links(client: Client) -> None:
    """§4: the links of a page lead to the next one."""
    parameters = params({"select": "id", "limit": 5, "offset": 5, "include_links": "true"})
    links = client.request(f"{ROOT}/grand/records", parameters).read("json")["_links"]
    result = {link["rel"]: link["href"] for link in links}
    assert {"self", "first", "last", "next"} <= result.keys(), result
    page = client.request(result["next"]).read("json")
    assert [row["id"] for row in page["results"]] == [11, 12, 13, 14, 15]


def format_links(client: Client) -> None:
    """§5: every format that is listed answers."""
    links = client.request(f"{ROOT}/geo/exports").read("json")["links"]
    for link in links:
        assert client.request(link["href"]).status == 200, link


SCENARIOS: tuple[Callable[[Client], None], ...] = (
    pages_by_link,
    link_without_asking,
    pages_by_link_ordered,
    pages_by_link_with_ties,
    pages_by_link_filtered,
    export_etag,
    other_etag,
    export_last_modified,
    export_range,
    parquet_tail,
    unsatisfiable_range,
    single_record,
    single_v1_record,
    unencoded_address,
    page_links,
    format_links,
)
