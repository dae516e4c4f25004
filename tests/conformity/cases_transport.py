"""Transport: CORS, slashes, methods, headers, parameters (reference §1, §2, §11)."""

from tests.conformity.case import ROOT, Case, params

_RECORDS = f"{ROOT}/types/records"
_ONE_ROW_BODY = {"total_count": 8, "results": [{"id": 1}]}
_REQUEST_PARAMS = params({"select": "id", "limit": 1})
_EXPOSED_HEADERS = (
    "ODS-Explore-API-Deprecation",
    "Link",
    "X-RateLimit-Remaining",
    "X-RateLimit-Limit",
    "X-RateLimit-Reset",
)


def _transport_case(name: str, **rest: object) -> Case:
    return Case(name, "§2", _RECORDS, _REQUEST_PARAMS, json=_ONE_ROW_BODY, **rest)  # type: ignore[arg-type]


CASES = [
    _transport_case(
        "type de la réponse", headers={"Content-Type": r"application/json; ?charset=utf-8"}
    ),
    _transport_case(
        "origine libre",
        request_headers={"Origin": "https://example.org"},
        headers={"Access-Control-Allow-Origin": r"\*"},
    ),
    _transport_case(
        "en-têtes exposés",
        request_headers={"Origin": "https://example.org"},
        headers={
            "Access-Control-Expose-Headers": "".join(
                f"(?=.*{header})" for header in _EXPOSED_HEADERS
            )
            + ".*"
        },
    ),
    _transport_case(
        "quota : limite", headers={"X-RateLimit-Limit": r"\d+", "X-RateLimit-Remaining": r"\d+"}
    ),
    _transport_case(
        "quota : remise à zéro", headers={"X-RateLimit-Reset": r"\d{4}-\d\d-\d\d 00:00:00\+00:00"}
    ),
    _transport_case("pas de mise en garde sur v2.1", headers={"ODS-Explore-API-Deprecation": None}),
    _transport_case("une clé en trop est ignorée", request_headers={"Authorization": "Apikey abc"}),
    _transport_case("une clé, autre casse", request_headers={"Authorization": "ApiKey abc"}),
    _transport_case("un jeton", request_headers={"Authorization": "Bearer abc"}),
    _transport_case("Accept texte : toujours du JSON", request_headers={"Accept": "text/html"}),
    _transport_case("Accept XML : jamais 406", request_headers={"Accept": "application/xml"}),
    _transport_case("agent sans nom", request_headers={"User-Agent": ""}),
    _transport_case(
        "agent de script", request_headers={"User-Agent": "python-requests/2.0 curl/8"}
    ),
    _transport_case(
        "Origin et Referer d'ailleurs",
        request_headers={"Origin": "null", "Referer": "http://example.org/"},
    ),
    Case(
        "identifiant suivi du domaine",
        "§1",
        f"{ROOT}/types@127.0.0.1/records",
        _REQUEST_PARAMS,
        json=_ONE_ROW_BODY,
    ),
    Case("barre finale", "§1", f"{_RECORDS}/", _REQUEST_PARAMS, json=_ONE_ROW_BODY),
    Case(
        "barre finale, catalogue",
        "§1",
        f"{ROOT}/",
        params({"limit": 0}),
        json={"total_count": 9, "results": []},
    ),
    Case("barre finale, un jeu", "§1", f"{ROOT}/types/", parts={"dataset_id": "types"}),
    Case(
        "barre finale, export",
        "§1",
        f"{ROOT}/mots/exports/json/",
        params({"select": "id", "limit": 1}),
        json=[{"id": 1}],
    ),
    Case(
        "barre finale, facettes",
        "§1",
        f"{ROOT}/multi/facets/",
        params({"facet": "couleur"}),
        parts={"facets/0/name": "couleur"},
    ),
    Case(
        "clé en paramètre",
        "§2",
        _RECORDS,
        (*_REQUEST_PARAMS, ("apikey", "abc")),
        json=_ONE_ROW_BODY,
    ),
    Case(
        "paramètre inconnu : ignoré",
        "§2",
        _RECORDS,
        (*_REQUEST_PARAMS, ("limt", "3")),
        json=_ONE_ROW_BODY,
    ),
    Case(
        "paramètre inconnu : nommé dans un en-tête",
        "issue 5",
        _RECORDS,
        (*_REQUEST_PARAMS, ("limt", "3")),
        json=_ONE_ROW_BODY,
        headers={"X-Ignored-Parameters": ".*limt.*"},
    ),
    Case(
        "rien d'ignoré : pas d'en-tête",
        "issue 5",
        _RECORDS,
        _REQUEST_PARAMS,
        json=_ONE_ROW_BODY,
        headers={"X-Ignored-Parameters": None},
    ),
    Case(
        "epsg et use_labels sur records",
        "§2",
        _RECORDS,
        (*_REQUEST_PARAMS, ("use_labels", ""), ("epsg", "4326")),
        json=_ONE_ROW_BODY,
    ),
    Case(
        "offset sur un export : admis",
        "§2",
        f"{ROOT}/mots/exports/json",
        params({"select": "id", "offset": 0, "limit": 1}),
        json=[{"id": 1}],
    ),
    Case(
        "booléen True",
        "§2",
        f"{ROOT}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "True"}),
        contains=["Un texte"],
    ),
    Case(
        "booléen TRUE",
        "§2",
        f"{ROOT}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "TRUE"}),
        contains=["Un texte"],
    ),
    Case(
        "booléen False",
        "§2",
        f"{ROOT}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "False"}),
        contains=["texte"],
        excluded=["Un texte"],
    ),
    Case(
        "HEAD",
        "§2",
        _RECORDS,
        _REQUEST_PARAMS,
        method="HEAD",
        text="",
        headers={"Content-Type": "application/json.*"},
    ),
    Case(
        "HEAD d'un export",
        "§2",
        f"{ROOT}/mots/exports/csv",
        method="HEAD",
        text="",
        headers={"Content-Type": "text/csv.*"},
    ),
    Case(
        "contrôle préalable",
        "§2",
        _RECORDS,
        method="OPTIONS",
        request_headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "ODS-Widgets-Version",
        },
        headers={
            "Access-Control-Allow-Origin": r"\*",
            "Access-Control-Allow-Methods": "(?=.*GET)(?=.*POST)(?=.*OPTIONS).*",
            "Access-Control-Allow-Headers": r".*(ODS-Widgets-Version|\*).*",
        },
    ),
    Case(
        "CORS sur une erreur aussi",
        "§2",
        f"{ROOT}/inconnu",
        status=404,
        request_headers={"Origin": "https://example.org"},
        headers={"Access-Control-Allow-Origin": r"\*"},
    ),
    Case(
        "gzip",
        "§2",
        f"{ROOT}/grand/records",
        params({"limit": 100}),
        request_headers={"Accept-Encoding": "gzip"},
        headers={"Content-Encoding": "gzip"},
        parts={"results/#": 100},
    ),
    Case(
        "sans gzip demandé",
        "§2",
        f"{ROOT}/grand/records",
        params({"limit": 100}),
        headers={"Content-Encoding": None},
        parts={"results/#": 100},
    ),
    Case(
        "description de l'API",
        "§1",
        "/api/explore/v2.1/swagger.json",
        parts={"?/paths": True, "?/info": True},
    ),
    Case(
        "console",
        "§1",
        "/api/explore/v2.1/console",
        headers={"Content-Type": "text/html.*"},
        contains=["<html"],
    ),
    Case("vie du serveur", "issue 5", "/health"),
    Case("serveur prêt", "issue 5", "/ready"),
    Case("mesures", "issue 5", "/metrics", contains=["# TYPE"]),
]
