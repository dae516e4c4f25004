"""What a formation must satisfy: the XSD (``edof.xsd``), and its errors said without any value.

libxml2's messages quote values, some of them personal: only the names and the facets are taken from
them.
"""

import re
from functools import cache
from pathlib import Path

from lxml import etree

from orchestration.landing.sources.edof.stream import NAMESPACE, line_of

XSD = Path(__file__).with_name("edof.xsd")

DETAILS = {
    "date_invalide": "date absente du calendrier ou qui n'est pas de la forme aaaammjj",
    "siret_invalide": "le SIRET n'est pas fait de 14 chiffres",
    "certification_invalide": "le code n'est pas de la forme RNCP, RS ou CPF suivie de chiffres",
    "code_postal_invalide": "le code postal n'est pas fait de 5 chiffres",
    "nombre_invalide": "ce n'est pas un nombre de la forme attendue",
    "code_inconnu": "code absent de la nomenclature EDOF",
    "texte_trop_long": "texte plus long que la description EDOF ne le permet",
    "valeur_absente": "valeur obligatoire vide",
    "element_absent": "élément obligatoire absent ou mal placé",
    "element_inattendu": "élément inconnu, répété ou mal placé",
    "attribut_absent": "attribut obligatoire absent",
    "attribut_inattendu": "attribut inconnu",
    "structure_invalide": "structure non conforme à la description EDOF",
    "prix_absent": "l'action n'a pas de frais-ttc parmi ses frais pédagogiques",
    "prix_invalide": "ce n'est pas un montant de 0 à 100 000 €, à deux décimales au plus",
    "heures_hors_bornes": "plus de 10 000 heures au centre et en entreprise",
    "doublon": "même SIRET et même numéro qu'une formation précédente",
}

# Reason of a value refused by its type.
_BY_TYPE = {
    "date": "date_invalide",
    "date-facultative": "date_invalide",
    "siret": "siret_invalide",
    "codepostal": "code_postal_invalide",
    "heures": "nombre_invalide",
    "code-RNCP": "certification_invalide",
    "code-RS": "certification_invalide",
    "code-CPF": "certification_invalide",
}
_NODE = re.compile(r"Element '(?:\{[^}']*\})?([^']+)'(?:, attribute '([^']+)')?: ")
_FACET = re.compile(r"\[facet '(\w+)'\]")
_EXPECTED = re.compile(rf"\{{{re.escape(NAMESPACE)}\}}([\w-]+)")
_ATTRIBUTE = re.compile(r"The attribute '([\w-]+)'")


class ViolationError(Exception):
    """Why a formation is rejected: the line, the element or attribute, the reason; no value."""

    def __init__(
        self,
        element: etree._Element,
        colonne: str | None,
        motif: str,
        precision: str = "",
        ligne: int | None = None,
    ) -> None:
        super().__init__(f"{DETAILS[motif]}{precision}.")
        self.ligne = ligne or line_of(element)
        self.colonne, self.motif = colonne, motif

    @property
    def detail(self) -> str:
        """French sentence for the reject."""
        return str(self.args[0])


def check(element: etree._Element) -> None:
    """Raise :class:`ViolationError` unless the formation satisfies the XSD."""
    schema = _schema()
    if not schema.validate(element):
        errors = schema.error_log
        raise _violation(errors[0], element)  # type: ignore[index]  # a log is a list of entries


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(XSD))


@cache
def _types() -> dict[str, str]:
    """Type of each element and attribute that the XSD names."""
    nodes = etree.parse(str(XSD)).iter("{*}element", "{*}attribute")
    return {node.get("name", ""): node.get("type", "") for node in nodes}


@cache
def _sequences() -> dict[str, list[str]]:
    """Children of each element or type that the XSD names, in their order."""
    tree = etree.parse(str(XSD))
    sequences: dict[str, list[str]] = {}
    for node in tree.iter("{*}element"):
        parent = next(x for x in node.iterancestors() if x.get("name") or x.getparent() is None)
        sequences.setdefault(parent.get("name", ""), []).append(node.get("name", ""))
    return sequences


def _place(expected: list[str], name: str | None) -> tuple[str | None, str]:
    """Say what is wrong where one of ``expected`` should have come: what is absent, or misplaced.

    An unknown element is told by what holds it. The last of ``expected`` is the required one.
    """
    required = expected[-1]
    parent, children = next(
        (parent, children)
        for parent, children in _sequences().items()
        if set(expected) <= set(children)
    )
    if name is None:
        return parent or None, "element_inattendu"
    if name in children and children.index(name) < children.index(required):
        return name, "element_inattendu"
    return required, "element_absent"


def _violation(error: etree._LogEntry, formation: etree._Element) -> ViolationError:
    name, motif = _reason(error.type, error.message)
    return ViolationError(formation, name, motif, ligne=error.line)


def _reason(kind: int, message: str) -> tuple[str | None, str]:
    """Return the element or attribute, when the XSD knows it, and the code of the reason."""
    node = _NODE.match(message)
    name = (node[2] or node[1]) if node else ""
    known = name if name in _types() else None
    facet = _FACET.search(message)
    if facet and known:
        return known, _facet_reason(facet[1], known, message)
    match kind:
        case etree.ErrorTypes.SCHEMAV_ELEMENT_CONTENT:
            expected = _EXPECTED.findall(message.partition("Expected is")[2])
            return _place(expected, known) if expected else (known, "element_inattendu")
        case etree.ErrorTypes.SCHEMAV_CVC_COMPLEX_TYPE_4:
            missing = _ATTRIBUTE.search(message)
            return missing[1] if missing else known, "attribut_absent"
        case etree.ErrorTypes.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
            return known, "attribut_inattendu"
        case _:
            return known, "structure_invalide"


def _facet_reason(facet: str, name: str, message: str) -> str:
    kind = _types()[name]
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if facet == "maxLength":
        return "texte_trop_long"
    if facet == "minLength" or "The value ''" in message:
        return "valeur_absente"
    return "code_inconnu"
