"""Invented data say so: in every metadata document of a version, and wherever it is cited."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.datasets import Dataset
from orchestration.metadata.documents import DOCUMENTS
from orchestration.metadata.version_card import VersionCard
from orchestration.site import snippets
from tests.factories.small_cards import make_card
from tests.factories.small_datasets import USERS

_NOTICE = "Données inventées pour cet essai."


@pytest.fixture
def cards(state: Path, datasets: dict[str, Dataset]) -> tuple[VersionCard, VersionCard]:
    """The card of a version whose data are invented, and of one whose data are not."""
    card, _ = make_card(datasets[USERS])
    invented, real = (
        replace(card, site=replace(card.site, avis=notice)) for notice in (_NOTICE, "")
    )
    return invented, real


def test_every_document_says_it(cards: tuple[VersionCard, VersionCard]) -> None:
    invented, real = cards
    for name, write in DOCUMENTS.items():
        assert _NOTICE in write(invented).decode(), name
        assert _NOTICE not in write(real).decode(), name


def test_every_citation_says_it(cards: tuple[VersionCard, VersionCard]) -> None:
    invented, real = cards
    words = _NOTICE.rstrip(".")
    for cite in (lambda card: card.citation, snippets.citation, snippets.bibtex):
        assert words in cite(invented)
        assert words not in cite(real)
