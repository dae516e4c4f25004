"""Transport: CORS, slashes, methods, headers, parameters (reference §1, §2, §11)."""

from tests.conformite.modele import RACINE, Cas, params

_RECORDS = f"{RACINE}/types/records"
_UN = {"total_count": 8, "results": [{"id": 1}]}
_DEMANDE = params({"select": "id", "limit": 1})
_EXPOSES = (
    "ODS-Explore-API-Deprecation",
    "Link",
    "X-RateLimit-Remaining",
    "X-RateLimit-Limit",
    "X-RateLimit-Reset",
)


def _un(nom: str, **reste: object) -> Cas:
    return Cas(nom, "§2", _RECORDS, _DEMANDE, json=_UN, **reste)  # type: ignore[arg-type]


CAS = [
    _un("type de la réponse", entetes={"Content-Type": r"application/json; ?charset=utf-8"}),
    _un(
        "origine libre",
        envoi={"Origin": "https://example.org"},
        entetes={"Access-Control-Allow-Origin": r"\*"},
    ),
    _un(
        "en-têtes exposés",
        envoi={"Origin": "https://example.org"},
        entetes={
            "Access-Control-Expose-Headers": "".join(f"(?=.*{one})" for one in _EXPOSES) + ".*"
        },
    ),
    _un("quota : limite", entetes={"X-RateLimit-Limit": r"\d+", "X-RateLimit-Remaining": r"\d+"}),
    _un("quota : remise à zéro", entetes={"X-RateLimit-Reset": r"\d{4}-\d\d-\d\d 00:00:00\+00:00"}),
    _un("pas de mise en garde sur v2.1", entetes={"ODS-Explore-API-Deprecation": None}),
    _un("une clé en trop est ignorée", envoi={"Authorization": "Apikey abc"}),
    _un("une clé, autre casse", envoi={"Authorization": "ApiKey abc"}),
    _un("un jeton", envoi={"Authorization": "Bearer abc"}),
    _un("Accept texte : toujours du JSON", envoi={"Accept": "text/html"}),
    _un("Accept XML : jamais 406", envoi={"Accept": "application/xml"}),
    _un("agent sans nom", envoi={"User-Agent": ""}),
    _un("agent de script", envoi={"User-Agent": "python-requests/2.0 curl/8"}),
    _un("Origin et Referer d'ailleurs", envoi={"Origin": "null", "Referer": "http://example.org/"}),
    Cas(
        "identifiant suivi du domaine",
        "§1",
        f"{RACINE}/types@127.0.0.1/records",
        _DEMANDE,
        json=_UN,
    ),
    Cas("barre finale", "§1", f"{_RECORDS}/", _DEMANDE, json=_UN),
    Cas(
        "barre finale, catalogue",
        "§1",
        f"{RACINE}/",
        params({"limit": 0}),
        json={"total_count": 9, "results": []},
    ),
    Cas("barre finale, un jeu", "§1", f"{RACINE}/types/", parties={"dataset_id": "types"}),
    Cas(
        "barre finale, export",
        "§1",
        f"{RACINE}/mots/exports/json/",
        params({"select": "id", "limit": 1}),
        json=[{"id": 1}],
    ),
    Cas(
        "barre finale, facettes",
        "§1",
        f"{RACINE}/multi/facets/",
        params({"facet": "couleur"}),
        parties={"facets/0/name": "couleur"},
    ),
    Cas("clé en paramètre", "§2", _RECORDS, (*_DEMANDE, ("apikey", "abc")), json=_UN),
    Cas("paramètre inconnu : ignoré", "§2", _RECORDS, (*_DEMANDE, ("limt", "3")), json=_UN),
    Cas(
        "paramètre inconnu : nommé dans un en-tête",
        "issue 5",
        _RECORDS,
        (*_DEMANDE, ("limt", "3")),
        json=_UN,
        entetes={"X-Ignored-Parameters": ".*limt.*"},
    ),
    Cas(
        "rien d'ignoré : pas d'en-tête",
        "issue 5",
        _RECORDS,
        _DEMANDE,
        json=_UN,
        entetes={"X-Ignored-Parameters": None},
    ),
    Cas(
        "epsg et use_labels sur records",
        "§2",
        _RECORDS,
        (*_DEMANDE, ("use_labels", ""), ("epsg", "4326")),
        json=_UN,
    ),
    Cas(
        "offset sur un export : admis",
        "§2",
        f"{RACINE}/mots/exports/json",
        params({"select": "id", "offset": 0, "limit": 1}),
        json=[{"id": 1}],
    ),
    Cas(
        "booléen True",
        "§2",
        f"{RACINE}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "True"}),
        contient=["Un texte"],
    ),
    Cas(
        "booléen TRUE",
        "§2",
        f"{RACINE}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "TRUE"}),
        contient=["Un texte"],
    ),
    Cas(
        "booléen False",
        "§2",
        f"{RACINE}/types/exports/csv",
        params({"select": "texte", "limit": 1, "use_labels": "False"}),
        contient=["texte"],
        sans=["Un texte"],
    ),
    Cas(
        "HEAD",
        "§2",
        _RECORDS,
        _DEMANDE,
        methode="HEAD",
        texte="",
        entetes={"Content-Type": "application/json.*"},
    ),
    Cas(
        "HEAD d'un export",
        "§2",
        f"{RACINE}/mots/exports/csv",
        methode="HEAD",
        texte="",
        entetes={"Content-Type": "text/csv.*"},
    ),
    Cas(
        "contrôle préalable",
        "§2",
        _RECORDS,
        methode="OPTIONS",
        envoi={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "ODS-Widgets-Version",
        },
        entetes={
            "Access-Control-Allow-Origin": r"\*",
            "Access-Control-Allow-Methods": "(?=.*GET)(?=.*POST)(?=.*OPTIONS).*",
            "Access-Control-Allow-Headers": r".*(ODS-Widgets-Version|\*).*",
        },
    ),
    Cas(
        "CORS sur une erreur aussi",
        "§2",
        f"{RACINE}/inconnu",
        statut=404,
        envoi={"Origin": "https://example.org"},
        entetes={"Access-Control-Allow-Origin": r"\*"},
    ),
    Cas(
        "gzip",
        "§2",
        f"{RACINE}/grand/records",
        params({"limit": 100}),
        envoi={"Accept-Encoding": "gzip"},
        entetes={"Content-Encoding": "gzip"},
        parties={"results/#": 100},
    ),
    Cas(
        "sans gzip demandé",
        "§2",
        f"{RACINE}/grand/records",
        params({"limit": 100}),
        entetes={"Content-Encoding": None},
        parties={"results/#": 100},
    ),
    Cas(
        "description de l'API",
        "§1",
        "/api/explore/v2.1/swagger.json",
        parties={"?/paths": True, "?/info": True},
    ),
    Cas(
        "console",
        "§1",
        "/api/explore/v2.1/console",
        entetes={"Content-Type": "text/html.*"},
        contient=["<html"],
    ),
    Cas("vie du serveur", "issue 5", "/health"),
    Cas("serveur prêt", "issue 5", "/ready"),
    Cas("mesures", "issue 5", "/metrics", contient=["# TYPE"]),
]
