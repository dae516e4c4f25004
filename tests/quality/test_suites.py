"""Rules and declarations as data: what is read, and what is refused with a clear message."""

from pathlib import Path

import pytest

from orchestration.datasets import Column, Dataset, DeclarationError, read_datasets
from orchestration.quality import suite
from orchestration.quality.periods import is_period, period, period_bounds
from orchestration.quality.suite import SuiteError, read_suite
from tests.factories.small_datasets import MONTH_END, OFFER, USERS

DECLARATION = """
models:
  - name: jeu_essai
    description: "{{ doc('grain') }}"
    config:
      meta:
        jeu:
          titre: Essai
          repond: Combien
          ailleurs: Qui
          rythme: mensuel
          licence: etalab-2.0
          mots_cles: []
          sources: [[dossiers]]
          cle: [mois]
          periode: mois
          %s
    columns:
      - {name: mois, data_type: text, description: "{{ doc('mois') }}"}
      - {name: nb, data_type: int}
"""
GRAIN = "{% docs grain %}\nUne ligne\npar mois.\n{% enddocs %}\n"
DOCS = GRAIN + "{% docs mois %} **Mois [mois].** Le mois. {% enddocs %}\n"


VARIABLES = "{diffusion: {jeu_essai: {seuil: 7, plan: [[mois], [an]]}}}"


def _write_project(root: Path, declaration: str, docs: str = DOCS, variables: str = "{}") -> Path:
    folder = root / "models" / "marts" / "jeu_essai"
    folder.mkdir(parents=True)
    (folder / "jeu_essai.yml").write_text(declaration, encoding="utf-8")
    (root / "models" / "colonnes.md").write_text(docs, encoding="utf-8")
    (root / "dbt_project.yml").write_text(f"vars: {variables}", encoding="utf-8")
    return root


def test_a_declaration_is_read(tmp_path: Path) -> None:
    declaration = DECLARATION % f"personnes: nb\n{' ' * 10}nomenclatures: {{mois: niveaux.code}}"
    dataset = read_datasets(_write_project(tmp_path, declaration, variables=VARIABLES))["jeu_essai"]
    assert dataset.description == "Une ligne par mois."
    month_column, nb = dataset.colonnes
    assert month_column == Column(
        "mois", "VARCHAR", "Le mois.", "Mois", "mois", code_list="niveaux.code"
    )
    assert nb == Column("nb", "INTEGER", "", "nb")
    assert (dataset.seuil, dataset.person_column) == (7, "nb")
    assert dataset.all_sources == {"dossiers"}
    assert dataset.plan == (("mois",), ("an",))


def test_persons_without_a_threshold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"vars\.diffusion de dbt_project\.yml"):
        read_datasets(_write_project(tmp_path, DECLARATION % "personnes: nb"))


def test_a_missing_key_or_text_is_named(tmp_path: Path) -> None:
    without = (DECLARATION % "totaux: []").replace("          licence: etalab-2.0\n", "")
    with pytest.raises(DeclarationError, match=r"jeu_essai\.yml : il manque licence"):
        read_datasets(_write_project(tmp_path / "a", without))
    stray = DECLARATION % "nomenclatures: {absente: niveaux.code}"
    with pytest.raises(DeclarationError, match="absente, qui n'est pas une colonne"):
        read_datasets(_write_project(tmp_path / "c", stray))
    with pytest.raises(DeclarationError, match="introuvable dans models/ : mois"):
        read_datasets(_write_project(tmp_path / "b", DECLARATION % "totaux: []", GRAIN))


def test_every_dataset_is_described(datasets: dict[str, Dataset]) -> None:
    for dataset in datasets.values():
        assert dataset.description
        assert {*dataset.key, *dataset.totaux, dataset.period} <= {
            column.nom for column in dataset.colonnes
        }
        assert [column.nom for column in dataset.colonnes if not column.description] == []
        assert [column.nom for column in dataset.colonnes if column.titre == column.nom] == []


def test_code_lists_come_from_the_seeds(datasets: dict[str, Dataset]) -> None:
    expectation = next(
        item for item in read_suite(datasets[OFFER]).expectations if item.id == "nsf_1_connu"
    )
    assert len(expectation.kwargs["value_set"]) == 93
    assert expectation.columns == ("code_nsf_1",)


def test_common_rules_are_included(datasets: dict[str, Dataset]) -> None:
    assert "montants_ventiles" in {
        expectation.id for expectation in read_suite(datasets[USERS]).expectations
    }


def test_a_new_dataset_needs_no_rule_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, datasets: dict[str, Dataset]
) -> None:
    (tmp_path / f"{OFFER}.yml").write_text("cle_facultative: [code_departement]", encoding="utf-8")
    monkeypatch.setattr(suite, "FOLDER", tmp_path)
    own = read_suite(datasets[OFFER])
    assert own.expectations == ()
    assert own.drift == {"minimum": 0.7, "maximum": 1.3}


def test_every_label_says_something(datasets: dict[str, Dataset]) -> None:
    for dataset in datasets.values():
        labels = [expectation.label for expectation in read_suite(dataset).expectations]
        assert len(set(labels)) == len(labels)
        assert all(len(label) > 10 for label in labels)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{id: a, libelle: b}", "soit condition"),
        ("{id: a, libelle: b, condition: c, type: d, kwargs: {}}", "soit condition"),
        ("{id: a, libelle: b, condition: c, severity: grave}", "critique ou alerte"),
        ("{id: a, libelle: b, condition: c, seuil: 3}", "facultatifs"),
        ("{id: a, libelle: b, condition: c}, {id: a, libelle: b, condition: c}", "deux fois"),
    ],
)
def test_a_badly_written_rule_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    datasets: dict[str, Dataset],
    entry: str,
    message: str,
) -> None:
    (tmp_path / f"{OFFER}.yml").write_text(f"regles: [{entry}]", encoding="utf-8")
    monkeypatch.setattr(suite, "FOLDER", tmp_path)
    with pytest.raises(SuiteError, match=message):
        read_suite(datasets[OFFER])
    with pytest.raises(SuiteError, match="n'a pas de règles"):
        read_suite(datasets[USERS])


def test_a_day_falls_in_a_period() -> None:
    assert period(MONTH_END, "mensuel") == "2026-03"
    assert period(MONTH_END, "trimestriel") == "2026-T1"
    assert period(MONTH_END, "quotidien") == "2026-03-31"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-T4", "2025-10-01", "2025-12-31"),
        ("2026-T1", "2026-01-01", "2026-03-31"),
        ("2025", "2025-01-01", "2025-12-31"),
    ],
)
def test_periods_have_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in period_bounds(text)] == [first, last]


def test_what_is_no_period_is_said() -> None:
    assert is_period("2026-03")
    assert [is_period(text) for text in ("REGROUPE", "", "2026-13", "2026-T5")] == [False] * 4
