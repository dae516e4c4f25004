"""Free texts: what names a person goes, what surrounds it and what resembles it stays."""

import random

import duckdb
import pytest

from orchestration.datasets import Dataset
from orchestration.quality.reader import MASKS
from orchestration.quality.suite import Expectation, read_suite
from tests.factories.free_texts import CONTACTS, EMAILS, HARMLESS, PERSONS, TELEPHONES
from tests.factories.masking import macros, masked
from tests.factories.small_datasets import OFFER

EMAIL, TELEPHONE, PERSON = MASKS.values()
AROUND = "<p>À noter, {} ; puis 35 heures.</p>"
PLANTED = {
    **dict.fromkeys(EMAILS, EMAIL),
    **dict.fromkeys(TELEPHONES, TELEPHONE),
    **dict.fromkeys(PERSONS, PERSON),
    **{text: kept.format(PERSON) for text, kept in CONTACTS.items()},
}
# Closed by a rule of their own: a code list, digits, a pattern.
CODES = (
    *("nom_departement", "nom_region", "type_referentiel", "libelle_niveau_sortie_formation"),
    *(f"code_formacode_{rank}" for rank in range(1, 6)),
    *(f"code_rome_{rank}" for rank in range(1, 6)),
    *(f"code_nsf_{rank}" for rank in range(1, 4)),
    *("code_certifinfo", "siret_of", "code_departement", "code_region", "coderegion_export"),
)


@pytest.fixture(scope="module")
def rules(datasets: dict[str, Dataset]) -> dict[str, Expectation]:
    """The expectations of the gate on persons in texts, by id."""
    found = [item for item in read_suite(datasets[OFFER]).expectations if item.id[:5] == "sans_"]
    return {expectation.id: expectation for expectation in found}


def _refusals(rules: dict[str, Expectation], column: str, texts: list[str]) -> list[list[str]]:
    """Rules that refuse each text, were it alone in a row, in ``column``."""
    columns = {name for rule in rules.values() for name in rule.columns}
    others = ", ".join(f"null::varchar as {name}" for name in sorted(columns - {column}))
    verdicts = ", ".join(f"{rule.condition} as {name}" for name, rule in rules.items())
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"create table rows as select unnest($1) as {column}, {others}, "
            "generate_subscripts($1, 1) as rank",
            [texts],
        )
        found = connection.execute(f"select {verdicts} from rows order by rank").fetchall()
    return [[name for name, holds in zip(rules, row, strict=True) if not holds] for row in found]


def test_what_is_planted_goes_and_what_is_around_stays() -> None:
    texts = [AROUND.format(text) for text in PLANTED]
    expected = dict(zip(texts, map(AROUND.format, PLANTED.values()), strict=True))
    assert dict(zip(texts, masked(texts), strict=True)) == expected


def test_what_resembles_stays() -> None:
    texts = [*HARMLESS, *map(AROUND.format, HARMLESS)]
    assert [text for text, left in zip(texts, masked(texts), strict=True) if text != left] == []


def test_a_text_of_many_loses_them_all_and_a_second_pass_changes_nothing(
    rules: dict[str, Expectation],
) -> None:
    draw = random.Random(7)  # noqa: S311 (texts, not secrets)
    marks = (". ", " ; ", "</p><p>", ", ", "\n", " | ", "</li><li>")
    texts = []
    for _ in range(300):
        parts = draw.choices([*PLANTED, *HARMLESS], k=12)
        texts.append("".join(f"{part}{draw.choice(marks)}" for part in parts))
    once = masked(texts)
    assert masked(once) == once
    assert sum(text.count(EMAIL) for text in once) > 300
    assert set(map(tuple, _refusals(rules, "contenu_formation", once))) == {()}
    assert sum(map(bool, _refusals(rules, "contenu_formation", texts))) > 290


def test_a_sole_trader_keeps_its_name_and_nothing_else() -> None:
    names = ["MARTIN ZOE", "Mme Zoé MARTIN", "MARTIN ZOE - 06 12 34 56 78", "zoe@exemple.fr"]
    assert masked(names, personnes=False) == [*names[:2], f"MARTIN ZOE - {TELEPHONE}", EMAIL]


def test_a_number_of_training_only_loses_an_email() -> None:
    numbers = ["TOSA-1", "0612345678", "M. Martin", "zoe@exemple.fr", "F@1"]
    assert masked(numbers, "masquer_les_courriels") == [*numbers[:3], EMAIL, "F@1"]


def test_the_masks_have_the_names_that_the_report_counts() -> None:
    natures = ("courriel", "téléphone", "personne")
    assert [str(macros().masque(nature)) for nature in natures] == list(MASKS.values())


def test_the_gate_refuses_by_itself_and_accepts_what_is_masked(
    rules: dict[str, Expectation],
) -> None:
    assert set(rules) == {
        *("sans_courriel", "sans_telephone", "sans_personne_titree", "sans_personne_a_contacter")
    }
    usual = {
        "c.martin@exemple.fr": "sans_courriel",
        "martin (at) exemple.fr": "sans_courriel",
        "martin[at]exemple[.]fr": "sans_courriel",
        "c.martin @ exemple.fr": "sans_courriel",
        "06 12 34 56 78": "sans_telephone",
        "06.12.34.56.78": "sans_telephone",
        "0612345678": "sans_telephone",
        "+33 (0)6 12 34 56 78": "sans_telephone",
        "0692 12 34 56": "sans_telephone",
        "M. Martin": "sans_personne_titree",
        "Mme Zoé MARTIN": "sans_personne_titree",
        "contact : Zoé MARTIN": "sans_personne_a_contacter",
    }
    for column in sorted({name for rule in rules.values() for name in rule.columns}):
        refused = _refusals(rules, column, [AROUND.format(text) for text in usual])
        assert refused == [
            [name] if column in rules[name].columns else [] for name in usual.values()
        ], column
    accepted = [*masked(map(AROUND.format, PLANTED)), *map(AROUND.format, HARMLESS)]
    assert set(map(tuple, _refusals(rules, "contenu_formation", accepted))) == {()}


def test_the_gate_looks_at_every_text(
    rules: dict[str, Expectation], datasets: dict[str, Dataset]
) -> None:
    texts = {column.nom for column in datasets[OFFER].colonnes if column.type == "VARCHAR"}
    free = texts - set(CODES)
    assert set(rules["sans_courriel"].columns) == free
    assert set(rules["sans_telephone"].columns) == free - {"numero_formation"}
    # The name of a body that is one person is public.
    named = free - {"numero_formation", "nom_of"}
    assert set(rules["sans_personne_titree"].columns) == named
    assert set(rules["sans_personne_a_contacter"].columns) == named
