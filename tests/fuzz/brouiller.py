"""Requests to be judged: right clauses, spoilt ones, and any text at all.

Belongs here: what an attacker or a mistake puts into a clause, and where. Does not: right clauses.
"""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.clients.paquets import TYPES
from tests.fuzz import clauses
from tests.fuzz.atelier import API, Demande
from tests.fuzz.clauses import colle, un
from tests.fuzz.poisons import POISONS

_PROFOND = 200
_ETRANGES = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.text(
    "()[]{}'\"`\\,;:.*/+-=<>!%$#?@ \n\x00aeé019", max_size=60
)
_profondeurs = st.integers(1, _PROFOND).flatmap(
    lambda n: un(
        "(" * n + "id" + ")" * n, "not " * n + "actif", "-" * n + "1",
        "lower(" * n + "texte" + ")" * n,
        " and ".join(["actif"] * n), "+".join(["id"] * n), "[" * n, "ifnull(1," * n + "1" + ")" * n,
        "id in (" + ",".join(map(str, range(n))) + ")", "'" + "mot " * n + "'",
        "search('" + "ab " * n + "')", "search('" + " ".join(f"m{i}" for i in range(n)) + "')",
        "(actif or " * n + "actif" + ")" * n, "\\" * n, ",".join(["id"] * n),
    )
)  # fmt: skip
_poisons = st.sampled_from(POISONS)


@st.composite
def _gate(draw: st.DrawFn, clause: SearchStrategy[str]) -> str:
    """Cut, swap, repeat or poison a right clause."""
    text = draw(clause)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        added = draw(st.one_of(_poisons, st.just(""), st.just(text[start:end] * 2), _ETRANGES))
        text = text[:start] + added + text[end:]
    return text


def _gatee(juste: SearchStrategy[str]) -> SearchStrategy[str]:
    """Draw a clause that is likely wrong."""
    added = colle(juste, un(" and ", ", ", " as ", " = ", "(", ":"), _poisons)
    return st.one_of(_gate(juste), _gate(juste), _poisons, added, _profondeurs, _ETRANGES)


_FUSEAUX = un("UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns")
_LIMITES = un("0", "5", "100", "-1")
_COMPTES = clauses.suite(colle(clauses.agregats, un("", " as n")), 2)
_FILTRES = {"where": clauses.conditions, "refine": clauses.coches, "exclude": clauses.coches}
_LUS = {
    **_FILTRES,
    "select": clauses.selections,
    "order_by": clauses.tris,
    "timezone": _FUSEAUX,
    "limit": _LIMITES,
}
_GROUPES = {"group_by": clauses.groupes, "select": _COMPTES, "where": clauses.conditions}
_ICI = f"{API}/{TYPES}"
# Path, parameters, those that are always there.
_INTERFACES: tuple[tuple[str, dict[str, SearchStrategy[str]], dict[str, str]], ...] = (
    (f"{_ICI}/records", _LUS, {}),
    (f"{_ICI}/records", {"where": clauses.conditions}, {}),
    (f"{_ICI}/records", {"select": clauses.selections, "order_by": clauses.tris}, {}),
    (f"{_ICI}/records", {**_GROUPES, "order_by": un("n", "-n", "count(*) desc")}, {}),
    (f"{_ICI}/records", {"group_by": clauses.groupes}, {}),
    (f"{_ICI}/facets", {**_FILTRES, "facet": clauses.facettes, "timezone": _FUSEAUX}, {}),
    (f"{_ICI}/exports/json", {**_LUS, **_GROUPES}, {}),
    (f"{_ICI}/exports/csv", {**_LUS, **_GROUPES}, {}),
    (API, {"where": clauses.conditions, "refine": clauses.coches}, {}),
    (
        "/api/records/1.0/search/",
        {"q": clauses.questions_v1, "sort": clauses.CHAMPS, "refine.categorie": un("Été", "hiver")},
        {"dataset": TYPES},
    ),
    ("/api/v2/catalog/datasets/types/records", {**_FILTRES, "qv1": clauses.questions_v1}, {}),
)


@st.composite
def _demande(draw: st.DrawFn) -> Demande:
    """Draw a request whose clauses are right, save one of them in two requests of five."""
    path, known, always = draw(st.sampled_from(_INTERFACES))
    names = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True))
    spoilt = names[0] if draw(st.integers(0, 4)) < 2 else None
    drawn = [(name, draw(_gatee(known[name]) if name == spoilt else known[name])) for name in names]
    return Demande(path, (*drawn, *always.items()))


demandes = _demande()
