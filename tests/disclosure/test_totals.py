"""Exact totals against the gate that blocks their publication: what is sound passes and is the
vault's, to the cent; what leaks is refused.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from orchestration.datasets import Dataset
from tests.factories.rendered_models import Edit, Models
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_versions import (
    SECRETS,
    STEPS,
    TOTALS,
    TOTALS_STEPS,
    VAULT,
    Version,
    first_version,
    second_version,
)

pytestmark = pytest.mark.xdist_group("totals")

COUNT = 700
SEEDS = {PURCHASES: (1, 2), USERS: (1, 3)}
_CELLS = "macros/totaux/cellules.sql"
_TOTALS = "macros/totaux/totaux.sql"
FEW = "few persons"
# Changes of the method, the step from which they are made, and the rules of which one must refuse.
METHODS: Mapping[str, tuple[Edit, str, set[str]]] = {
    FEW: (
        Edit(
            _CELLS,
            "count_if(dossiers_{{ nom }} <> 0) between 1 and {{ reglages().seuil - 1 }} as",
            "false as",
        ),
        "totaux_exposes",
        {"restes_des_totaux", "totaux_redits"},
    ),
    "too few have euros or hours, or one makes most": (
        Edit(_CELLS, "{{ trop_peu(chiffre ~ '_' ~ nom) }} as", "false as"),
        "totaux_exposes",
        {"restes_des_totaux", "totaux_redits"},
    ),
    "nothing hides what is hidden": (
        Edit(
            _TOTALS,
            "left join {{ modele('totaux_secrets') }} as secrets on",
            "left join (from {{ modele('totaux_exposes') }} where est_trop_peu_en_tout"
            " or est_trop_peu_depuis or heures_trop_peu_en_tout or montant_trop_peu_en_tout"
            " or heures_trop_peu_depuis or montant_trop_peu_depuis) as secrets on",
        ),
        "totaux",
        {"sommes_cachees", "totaux_determines", "intervalles_des_totaux"},
    ),
    "a total that is wrong": (
        Edit(
            _TOTALS,
            "        cellules.*,\n",
            "        cellules.* replace (montant_engage + 0.01 as montant_engage),\n",
        ),
        "totaux",
        {"totaux_exacts"},
    ),
    "a total that is missing": (
        Edit(_TOTALS, "where not (est_dite and nb_dossiers = 0)", "where nb_dossiers % 3 > 0"),
        "totaux",
        {"totaux_exacts", "tableaux_complets"},
    ),
}


# Cells of few that are told: those of the sound method are in ``few``.
_FEW_TOLD = f"""
select count(*) from few
anti join {VAULT}.int_{{jeu}}__totaux_secrets using (num_cellule)
where est_trop_peu_en_tout = %s
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
    for name, seeds in SEEDS.items():
        for seed in seeds:
            first, before = (first_version(datasets[name], Models(), seed, COUNT) for _ in "ab")
            made += [first, second_version(before, seed, COUNT, folder / f"{name}_{seed}")]
    for version in made:
        version.build_totals()
    return made


@pytest.fixture(scope="module")
def verdicts(versions: list[Version]) -> list[Verdict]:
    return [verdict for version in versions for verdict in _leaks(version)]


def _leaks(version: Version) -> Iterator[Verdict]:
    """Leaks of the method, then each hidden total of few persons told alone."""
    told = _digest(version)
    version.rows(
        "create or replace temp table few as select num_cellule, est_trop_peu_en_tout "
        f"from {VAULT}.int_{{jeu}}__totaux_secrets "
        f"inner join {VAULT}.int_{{jeu}}__totaux_exposes using (num_cellule) where "
        "est_trop_peu_en_tout or montant_trop_peu_en_tout or heures_trop_peu_en_tout"
    )
    for kind, (edit, since, _) in METHODS.items():
        with version.undone():
            if since in STEPS:
                version.build(Models(edit), since=since)
            version.build_totals(Models(edit), since=since if since in TOTALS_STEPS else SECRETS)
            if _digest(version) != told and (
                since not in STEPS or version.value(_FEW_TOLD % (kind == FEW))
            ):
                yield Verdict(kind, _refusals(version))
    hidden = version.rows(
        f"select num_cellule from {VAULT}.int_{{jeu}}__totaux_exposes "
        "where est_trop_peu_en_tout order by hash(num_cellule) limit 12"
    )
    for (cell,) in hidden:
        with version.undone():
            version.tell_total(cell)
            if _digest(version) != told:
                yield Verdict("a hidden total told", _refusals(version))


def _digest(version: Version) -> int:
    return version.value(f"select count(*) + coalesce(sum(hash(f)), 0) from {TOTALS} as f")


def _refusals(version: Version) -> frozenset[str]:
    return frozenset(f.regle for f in version.judge_totals().findings if not f.success)


def test_sound_totals_pass(versions: list[Version]) -> None:
    assert [_refusals(version) for version in versions] == [frozenset()] * len(versions)


def test_something_is_told_and_something_hidden(versions: list[Version]) -> None:
    """Otherwise nothing could leak."""
    for version in versions:
        told = dict(version.rows(f"select diffusion, count(*) from {TOTALS} group by 1"))
        assert told["publie"] > 20
        assert told["secret"] > 20
    follow = [version for version in versions if version.previous]
    assert follow
    for version in follow:
        dates = version.value(f"select count(distinct valeur_du) from {TOTALS}")
        assert dates == 2
    assert sum(version.judge_totals().unprotected for version in versions) > 0


def test_leaks_are_many_and_refused(verdicts: list[Verdict]) -> None:
    planted = Counter(verdict.kind for verdict in verdicts)
    assert set(planted) == {*METHODS, "a hidden total told"}
    expected = {kind: rules for kind, (_, _, rules) in METHODS.items()} | {
        "a hidden total told": {"restes_des_totaux", "totaux_redits"}
    }
    assert [v for v in verdicts if not v.rules & expected[v.kind]] == []
