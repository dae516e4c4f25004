"""Free text holds persons too: what the published offer says in its training bodies' own words."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.attack.finding import Finding
from tests.attack.tables import OFFER
from tests.attack.world import World

TEXTS = (
    "intitule_formation", "points_forts", "objectif_formation", "contenu_formation",
    "resultats_attendus_formation",
)  # fmt: skip
_NAME = r"[A-ZÀ-ÖØ-Þ][\w’'-]+"
PATTERNS = {
    "courriels": re.compile(
        r"[\w.+-]+\s?(?:@|[\[({]\s?(?:at|a|arobase)\s?[\])}]|\sarobase\s)\s?[\w-]+"
        r"(?:\.|\s?[\[({]?\s?(?:point|dot)\s?[\])}]?\s?)[a-z]{2,}",
        re.IGNORECASE,
    ),
    "téléphones": re.compile(
        r"(?<![\d.,/])(?:(?:\+|00)\s?33[\s.\-/]?(?:\(0\)[\s.\-/]?)?|0)[1-9](?:[\s.\-/]?\d{2}){4}(?!\d)"
    ),
    "civilités et noms": re.compile(
        r"\b(?:M\.|MM\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Dr\.?|Docteur|Pr\.|"
        rf"Professeur|Me|Maître)\s+{_NAME}"
    ),
}
_PAIR = re.compile(rf"(?=\b({_NAME})\s+({_NAME}))")


def attack_texts(world: World) -> list[Finding]:
    """Scan every text of every version of the offer, and look for the contacts of the raw one."""
    finding = Finding("8", "Personnes dans les textes de l'offre")
    contacts = set(_contacts(world.state / "extraits"))
    for path in sorted((world.publications / OFFER).rglob(f"{OFFER}.parquet")):
        columns = world.texts(f"describe from '{path}'")
        for column in (name for name in TEXTS if name in columns):
            texts = world.texts(f"select distinct {column} from '{path}' where {column} <> ''")
            kinds = [kind for text in texts for kind in persons_in(text, contacts)]
            finding.add(len(texts), 0)
            for kind in kinds:
                finding.add(0, 1, part=kind)
    return [finding]


def persons_in(text: str, contacts: set[str]) -> Iterator[str]:
    """Kinds of personal traces in a text, whatever its tags, entities and spaces."""
    plain = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", html.unescape(text))))
    for kind, pattern in PATTERNS.items():
        if pattern.search(plain):
            yield kind
    if any(f"{one} {other}".casefold() in contacts for one, other in _PAIR.findall(plain)):
        yield "contacts de l'extrait"


def _contacts(extracts: Path) -> Iterator[str]:
    """First name and last name, in both orders, of the contacts of the raw catalogue."""
    for path in extracts.glob("edof/*.xml"):
        for _event, element in ElementTree.iterparse(path):  # noqa: S314 (our own extracts)
            if element.tag.endswith("}coordonnees"):
                names = {child.tag.split("}")[-1]: child.text or "" for child in element}
                first, last = names.get("prenom", "").strip(), names.get("nom", "").strip()
                if first and last:
                    yield f"{first} {last}".casefold()
                    yield f"{last} {first}".casefold()
            if element.tag.endswith("}formation"):
                element.clear()
