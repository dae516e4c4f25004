"""Rules and declarations as data: what is read, and what is refused with a clear message."""

from pathlib import Path

import pytest

from orchestration.jeux import Colonne, DeclarationError, Jeu, lire_jeux
from orchestration.quality import regles
from orchestration.quality.periodes import bornes, connue, periode
from orchestration.quality.regles import RegleError, lire_reglement
from tests.unit.petits_jeux import FIN_DE_MOIS, OFFRE, USAGERS

DECLARATION = """
models:
  - name: jeu_essai
    description: "{{ doc('grain') }}"
    config:
      meta:
        jeu:
          titre: Essai
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


VARIABLES = "{seuils: {jeu_essai: 7}, plans_diffusion: {jeu_essai: [[mois], [an]]}}"


def _projet(root: Path, declaration: str, docs: str = DOCS, variables: str = "{}") -> Path:
    folder = root / "models" / "marts" / "jeu_essai"
    folder.mkdir(parents=True)
    (folder / "jeu_essai.yml").write_text(declaration, encoding="utf-8")
    (root / "models" / "colonnes.md").write_text(docs, encoding="utf-8")
    (root / "dbt_project.yml").write_text(f"vars: {variables}", encoding="utf-8")
    return root


def test_a_declaration_is_read(tmp_path: Path) -> None:
    declaration = DECLARATION % f"personnes: nb\n{' ' * 10}nomenclatures: {{mois: niveaux.code}}"
    jeu = lire_jeux(_projet(tmp_path, declaration, variables=VARIABLES))["jeu_essai"]
    assert jeu.description == "Une ligne par mois."
    mois, nb = jeu.colonnes
    assert mois == Colonne(
        "mois", "VARCHAR", "Le mois.", "Mois", "mois", nomenclature="niveaux.code"
    )
    assert nb == Colonne("nb", "INTEGER", "", "nb")
    assert (jeu.seuil, jeu.personnes) == (7, "nb")
    assert jeu.toutes_sources == {"dossiers"}
    assert jeu.plan == (("mois",), ("an",))


def test_persons_without_a_threshold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"seuils de dbt_project\.yml"):
        lire_jeux(_projet(tmp_path, DECLARATION % "personnes: nb"))


def test_a_missing_key_or_text_is_named(tmp_path: Path) -> None:
    without = (DECLARATION % "totaux: []").replace("          licence: etalab-2.0\n", "")
    with pytest.raises(DeclarationError, match=r"jeu_essai\.yml : il manque licence"):
        lire_jeux(_projet(tmp_path / "a", without))
    stray = DECLARATION % "nomenclatures: {absente: niveaux.code}"
    with pytest.raises(DeclarationError, match="absente, qui n'est pas une colonne"):
        lire_jeux(_projet(tmp_path / "c", stray))
    with pytest.raises(DeclarationError, match="introuvable dans models/ : mois"):
        lire_jeux(_projet(tmp_path / "b", DECLARATION % "totaux: []", GRAIN))


def test_every_dataset_is_described(jeux: dict[str, Jeu]) -> None:
    for jeu in jeux.values():
        assert jeu.description
        assert {*jeu.cle, *jeu.totaux, jeu.periode} <= {column.nom for column in jeu.colonnes}
        assert [column.nom for column in jeu.colonnes if not column.description] == []
        assert [column.nom for column in jeu.colonnes if column.titre == column.nom] == []


def test_code_lists_come_from_the_seeds(jeux: dict[str, Jeu]) -> None:
    rule = next(item for item in lire_reglement(jeux[OFFRE]).regles if item.id == "nsf_1_connu")
    assert len(rule.kwargs["value_set"]) == 93
    assert rule.colonnes == ("code_nsf_1",)


def test_common_rules_are_included(jeux: dict[str, Jeu]) -> None:
    assert "montants_ventiles" in {item.id for item in lire_reglement(jeux[USAGERS]).regles}


def test_a_new_dataset_needs_no_rule_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jeux: dict[str, Jeu]
) -> None:
    (tmp_path / f"{OFFRE}.yml").write_text("cle_facultative: [code_departement]", encoding="utf-8")
    monkeypatch.setattr(regles, "FOLDER", tmp_path)
    reglement = lire_reglement(jeux[OFFRE])
    assert reglement.regles == ()
    assert reglement.derive == {"minimum": 0.7, "maximum": 1.3}


def test_every_label_says_something(jeux: dict[str, Jeu]) -> None:
    for jeu in jeux.values():
        labels = [rule.libelle for rule in lire_reglement(jeu).regles]
        assert len(set(labels)) == len(labels)
        assert all(len(label) > 10 for label in labels)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: a, libelle: b}", "soit condition"),
        ("{id: a, libelle: b, condition: c, type: d, kwargs: {}}", "soit condition"),
        ("{id: a, libelle: b, condition: c, severity: grave}", "critique ou alerte"),
        ("{id: a, libelle: b, condition: c, seuil: 3}", "facultatifs"),
        ("{id: a, libelle: b, condition: c}, {id: a, libelle: b, condition: c}", "deux fois"),
    ],
)
def test_a_badly_written_rule_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jeux: dict[str, Jeu], entry: str, said: str
) -> None:
    (tmp_path / f"{OFFRE}.yml").write_text(f"regles: [{entry}]", encoding="utf-8")
    monkeypatch.setattr(regles, "FOLDER", tmp_path)
    with pytest.raises(RegleError, match=said):
        lire_reglement(jeux[OFFRE])
    with pytest.raises(RegleError, match="n'a pas de règles"):
        lire_reglement(jeux[USAGERS])


def test_a_day_falls_in_a_period() -> None:
    assert periode(FIN_DE_MOIS, "mensuel") == "2026-03"
    assert periode(FIN_DE_MOIS, "trimestriel") == "2026-T1"
    assert periode(FIN_DE_MOIS, "quotidien") == "2026-03-31"


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
    assert [day.isoformat() for day in bornes(text)] == [first, last]


def test_a_generalised_month_still_has_its_quarter() -> None:
    assert connue(("2026-03", "2026-T1", "2026")) == "2026-03"
    assert connue(("REGROUPE", "2026-T1", "2026")) == "2026-T1"
    assert connue(("REGROUPE", None, "2026-13")) is None
