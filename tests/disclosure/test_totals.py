"""Exact totals against the gate that blocks their publication: what is sound passes and is the
vault's, to the cent; what leaks is refused.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from orchestration.datasets import Dataset
from tests.factories.few_tables import FEW as FEW_TABLES
from tests.factories.few_tables import with_few_tables
from tests.factories.rendered_models import PROJECT_FILE, Edit, Models
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_versions import FILE_OF_TOTALS, Version, first_version, second_version
from tests.factories.steps import ROWS, TOTALS, VAULT

pytestmark = pytest.mark.xdist_group("totals")

COUNT = 700
SEEDS = {PURCHASES: 5, USERS: 3}
# Of each kind that is planted one by one, and by version: `CPF_LEAKS=60` plants some 400 in all.
EACH = int(os.environ.get("CPF_LEAKS", "3"))
_CELLS = "macros/totaux/cellules.sql"
_TOTALS = "macros/totaux/totaux.sql"
_MONEY = "macros/totaux/financements.sql"
# Certifications are named by month and by région in so small a world too.
SMALL = Edit(PROJECT_FILE, "suivie_a_partir_de: 350", "suivie_a_partir_de: 25")
_FEW_PERSONS = Edit(
    _CELLS,
    "count_if(dossiers_{{ nom }} <> 0) between 1 and {{ reglages().seuil - 1 }} as",
    "false as",
)
_FEW_FIGURES = Edit(_CELLS, "{{ trop_peu(chiffre ~ '_' ~ nom) }} as", "false as")
_RESTS = {"restes_des_totaux", "totaux_redits"}
_SUMS = {"sommes_cachees", "totaux_determines", "intervalles_des_totaux"}
FEW, MONEY = "few persons", "few have a part of an amount by financer"
BARE = "nothing hides an amount by financer"
# Changes of the method, the step from which they are made, and the rules of which one must refuse.
METHODS: Mapping[str, tuple[tuple[Edit, ...], str, set[str]]] = {
    # (whoever has a dossier has euros: the rule of these hides the same cells)
    FEW: ((_FEW_PERSONS, _FEW_FIGURES), "totaux_exposes", _RESTS),
    "too few have euros or hours, or one makes most": ((_FEW_FIGURES,), "totaux_exposes", _RESTS),
    "nothing hides what is hidden": (
        (
            Edit(
                _TOTALS,
                "left join {{ modele('totaux_secrets') }} as secrets on",
                "left join (from {{ modele('totaux_exposes') }} where est_trop_peu_en_tout"
                " or est_trop_peu_depuis or heures_trop_peu_en_tout or montant_trop_peu_en_tout"
                " or heures_trop_peu_depuis or montant_trop_peu_depuis) as secrets on",
            ),
        ),
        "totaux",
        _SUMS,
    ),
    MONEY: (
        (
            Edit(
                _MONEY,
                "count(*) < {{ seuil }} or max(montant) >= {{ part }} * sum(montant)::double as",
                "false as",
            ),
        ),
        "totaux_financements",
        {"restes_des_financeurs"},
    ),
    BARE: (
        (
            Edit(
                _TOTALS,
                "    from {{ modele('totaux_muets') }}\n",
                "    from {{ modele('totaux_muets') }}\n"
                "    semi join (from {{ modele('totaux_financements') }} where est_trop_peu"
                " union all by name select num_cellule, 'heures' as chiffre from"
                " {{ modele('totaux_cellules') }}) using (num_cellule, chiffre)\n",
            ),
        ),
        "totaux",
        _SUMS,
    ),
    "a total that is wrong": (
        (
            Edit(
                _TOTALS,
                "        cellules.*,\n",
                "        cellules.* replace (montant_engage + 0.01 as montant_engage),\n",
            ),
        ),
        "totaux",
        {"totaux_exacts"},
    ),
    "an amount by financer that is wrong": (
        (Edit(_TOTALS, "        max(somme) filter", "        0.01 + max(somme) filter"),),
        "totaux",
        {"financeurs_exacts"},
    ),
    "a total that is missing": (
        (Edit(_TOTALS, "where not (est_dite and nb_dossiers = 0)", "where nb_dossiers % 3 > 0"),),
        "totaux",
        {"totaux_exacts", "tableaux_complets"},
    ),
}
HIDDEN, SILENT = "a hidden total told", "an amount by financer told"
PLANTED: Mapping[str, set[str]] = {HIDDEN: _RESTS, SILENT: {"restes_des_financeurs"}}


# Cells of few that are told: those of the sound method are in ``few``.
_FEW_TOLD = f"""
select count(*) from few
anti join {VAULT}.int_{{jeu}}__totaux_secrets using (num_cellule)
where est_trop_peu_en_tout = %s
"""


_HIDDEN_OF_FEW = f"""
select 'num_cellule = ' || num_cellule
from {VAULT}.int_{{jeu}}__totaux_exposes
semi join {VAULT}.int_{{jeu}}__totaux_secrets using (num_cellule)
where est_trop_peu_en_tout
order by hash(num_cellule)
"""
_SILENT_OF_FEW = f"""
select 'num_cellule = ' || num_cellule || ' and chiffre = ' || chr(39) || chiffre || chr(39)
from {VAULT}.int_{{jeu}}__totaux_financements
semi join {VAULT}.int_{{jeu}}__totaux_muets using (num_cellule, chiffre)
where est_trop_peu
order by hash(num_cellule, chiffre)
"""


# Cells of which one amount by financer is hidden, that of too few persons.
_ALONE = f"""
select count(*) from (
    select num_cellule
    from {VAULT}.int_{{jeu}}__totaux_financements
    semi join {VAULT}.int_{{jeu}}__totaux_muets using (num_cellule, chiffre)
    where est_trop_peu
    group by num_cellule
    having count(*) = 1 and max(personnes) < {{k}}
)
"""


@dataclass(frozen=True)
class Verdict:
    kind: str
    rules: frozenset[str]


@pytest.fixture(scope="module")
def versions(
    datasets: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory
) -> list[Version]:
    """First versions on random dossiers, and the versions that follow, with their totals."""
    folder, made = tmp_path_factory.mktemp("totaux"), []
    for name, seed in SEEDS.items():
        first, before = (
            first_version(with_few_tables(datasets[name]), Models(SMALL, *FEW_TABLES), seed, COUNT)
            for _ in "ab"
        )
        made += [first, second_version(before, seed, COUNT, folder / name)]
    for version in made:
        version.build_totals()
    return made


@pytest.fixture(scope="module")
def verdicts(versions: list[Version]) -> list[Verdict]:
    return [verdict for version in versions for verdict in _leaks(version)]


def _leaks(version: Version) -> Iterator[Verdict]:
    """Leaks of the method, then what is hidden of few persons, told one by one."""
    told = _digest(version)
    version.rows(
        "create or replace temp table few as select num_cellule, est_trop_peu_en_tout "
        f"from {VAULT}.int_{{jeu}}__totaux_secrets "
        f"inner join {VAULT}.int_{{jeu}}__totaux_exposes using (num_cellule) where "
        "est_trop_peu_en_tout or montant_trop_peu_en_tout or heures_trop_peu_en_tout"
    )
    for kind, (edits, since, _) in METHODS.items():
        with version.undone():
            made = Models(SMALL, *FEW_TABLES, *edits)
            if since in ROWS:
                version.build(made, since=since)
            version.build_totals(made, since=since if since in TOTALS else TOTALS[0])
            shown = _ALONE if kind == BARE else _FEW_TOLD % (kind == FEW)
            if _digest(version) != told and (
                (since not in ROWS and kind != BARE) or version.value(shown)
            ):
                yield Verdict(kind, _refusals(version))
    for kind, step, which in (
        (HIDDEN, "totaux_secrets", _HIDDEN_OF_FEW),
        (SILENT, "totaux_muets", _SILENT_OF_FEW),
    ):
        for condition in [text for (text,) in version.rows(f"{which} limit {EACH}")]:
            with version.undone():
                version.tell(step, condition)
                if _digest(version) != told:
                    yield Verdict(kind, _refusals(version))


def _digest(version: Version) -> int:
    return version.value(f"select count(*) + coalesce(sum(hash(f)), 0) from {FILE_OF_TOTALS} as f")


def _refusals(version: Version) -> frozenset[str]:
    return frozenset(f.regle for f in version.judge_totals().findings if not f.success)


def test_sound_totals_pass(versions: list[Version]) -> None:
    assert [_refusals(version) for version in versions] == [frozenset()] * len(versions)


def test_something_is_told_and_something_hidden(versions: list[Version]) -> None:
    """Otherwise nothing could leak."""
    for version in versions:
        told = dict(version.rows(f"select diffusion, count(*) from {FILE_OF_TOTALS} group by 1"))
        assert told["publie"] > 20
        assert told["secret"] > 20
    follow = [version for version in versions if version.previous]
    assert follow
    for version in follow:
        dates = version.value(f"select count(distinct valeur_du) from {FILE_OF_TOTALS}")
        assert dates == 2
    assert sum(version.judge_totals().unprotected for version in versions) > 0


def test_leaks_are_many_and_refused(verdicts: list[Verdict]) -> None:
    expected = {kind: rules for kind, (_, _, rules) in METHODS.items()} | dict(PLANTED)
    planted = Counter(verdict.kind for verdict in verdicts)
    assert set(planted) == set(expected)
    assert planted.total() >= 36
    assert [v for v in verdicts if not v.rules & expected[v.kind]] == []
