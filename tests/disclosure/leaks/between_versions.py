"""Leaks of what changes between two versions: revisions of too few, kept rows that move."""

from tests.disclosure.leaks.method import SECOND, SMALL_ROWS, leak, step
from tests.factories.rendered_models import Edit
from tests.factories.small_datasets import PURCHASES

_FIGURES = "set chiffres = ['nb_dossiers', 'nb_dossiers_avec_duree', 'heures', 'montant_engage']"
_REVISED = (
    "when assez_restent and assez_passent{% for chiffre in chiffres %}"
    " and assez_{{ chiffre }}{% endfor %} then"
)
_DOMINATED = (
    " and max(abs({{ chiffre }})) < {{ var('secret').part_dominante }}"
    " * sum(abs({{ chiffre }})) filter (where est_seul)"
)
_UNCHANGED = "when nb_changements = 0 then 'inchangee'"
_OTHERS = "anti join {{ modele('editions') }} using (cohorte)"
_FROZEN = (
    "(select min(num_ligne) from coffre.registre.lignes anti join"
    " coffre.intermediate.int_{jeu}__editions using (cohorte) where montant_engage is not null)"
)
# A family is divided, though its rows cannot all tell what it told.
_DIVIDED = Edit(
    "macros/totaux/divisions.sql",
    "left join entieres on detail.num_famille = entieres.num_famille",
    "left join entieres on false",
)
# The rows, alone or with all those of their cohort and of their region, of which the persons that
# make the change of a figure are fewer than the threshold.
_FEW_CHANGE = """
with mouvements as (
    select num_famille, titulaire, -1 as sens, heures, montant_engage from coffre.registre.suivis
    semi join (select cohorte from coffre.intermediate.int_{jeu}__editions where est_suivie)
        using (cohorte)
    union all by name
    select num_famille, titulaire, 1 as sens, heures, montant_engage
    from coffre.intermediate.int_{jeu}__etats
    semi join (select cohorte from coffre.intermediate.int_{jeu}__editions where est_suivie)
        using (cohorte)
),

unions as (
    select
        unnest([hash(num_ligne), hash(cohorte), hash(cohorte, {region})]) as num_union,
        num_ligne as num_famille
    from coffre.registre.lignes
),

parts as (
    select
        num_union,
        titulaire,
        sum(sens) as dossiers,
        sum(sens * heures) as heures,
        sum(sens * montant_engage) as euros
    from unions
    inner join mouvements using (num_famille)
    group by num_union, titulaire
)

select count(*) from (
    select num_union from parts
    group by num_union
    having
        count_if(dossiers <> 0) between 1 and {k} - 1
        or count_if(heures <> 0) between 1 and {k} - 1
        or count_if(euros <> 0) between 1 and {k} - 1
        or max(abs(euros)) >= 0.85 * nullif(sum(abs(euros)), 0)
)
"""

KINDS = {
    "a definitive cohort is divided anew": leak(
        "reeditions",
        step(
            "editions",
            "{{ 'publiees.cohorte is not null' if lignes else 'false' }} as est_suivie",
            "false as est_suivie",
        ),
        version=SECOND,
    ),
    "a provisional cohort is published again": leak(
        "reeditions",
        step(
            "editions",
            "publiees.cohorte is null or (",
            "publiees.cohorte is null or dues.edition = 'provisoire' or (",
        ),
        version=SECOND,
        datasets=(PURCHASES,),
    ),
    "every row is brought up to date": leak(
        "unions_entre_editions", step("suites", _REVISED, "when true then"), version=SECOND
    ),
    "a change of k - 1 persons": leak(
        "unions_entre_editions",
        step(
            "suites",
            _UNCHANGED,
            f"{_UNCHANGED}\n        when nb_changements < {{{{ seuil }}}} then 'revisee'",
        ),
        version=SECOND,
    ),
    "those who move from row to row are counted": leak(
        "unions_entre_editions",
        step("suites", "count_if({{ chiffre }} <> 0 and est_seul)", "count_if({{ chiffre }} <> 0)"),
        step("suites", " filter (where est_seul)", ""),
        step("suites", "count_if(passe and est_seul)", "count_if(passe)"),
        version=SECOND,
        shown=_FEW_CHANGE,
    ),
    "somebody makes most of a change": leak(
        "unions_entre_editions",
        step("suites", _DOMINATED, ""),
        version=SECOND,
        shown=_FEW_CHANGE,
    ),
    "changed amounts are not judged": leak(
        "unions_entre_editions",
        step("suites", _FIGURES, _FIGURES.replace(", 'montant_engage'", "")),
        version=SECOND,
        shown=_FEW_CHANGE,
    ),
    "changed durations are not judged": leak(
        "unions_entre_editions",
        step("suites", _FIGURES, _FIGURES.replace("'nb_dossiers_avec_duree', 'heures', ", "")),
        version=SECOND,
        shown=_FEW_CHANGE,
    ),
    "those who arrive are not judged": leak(
        "unions_entre_editions",
        step(
            "suites",
            "as dossiers using (numero)",
            "as dossiers using (numero)\n"
            "    semi join {{ suivis }} as connus on dossiers.titulaire = connus.titulaire",
        ),
        version=SECOND,
        shown=_FEW_CHANGE,
    ),
    "all amounts of a family but one": leak(
        "familles_en_entier lignes_muettes",
        _DIVIDED,
        step(
            "lignes",
            "if(montant_etait_dit, bool_and(montant_dicible) over (partition by num_famille),"
            " montant_dicible)",
            "montant_dicible",
        ),
        version=SECOND,
    ),
    "who is in two rows is told by their sum": leak(
        "familles_en_entier",
        step("lignes", "dites.nb_titulaires - coalesce(doubles.nombre, 0)", "dites.nb_titulaires"),
        version=SECOND,
    ),
    "a row has enough persons with those of another": leak(
        "personnes_par_ligne_publiee",
        step(
            "detail",
            "nb_titulaires - coalesce(nb_partages, 0) >= {{ seuil }}",
            "nb_titulaires >= {{ seuil }}",
        ),
        version=SECOND,
        shown=SMALL_ROWS,
    ),
    "all durations of a family but one": leak(
        "familles_en_entier lignes_muettes",
        _DIVIDED,
        step(
            "lignes",
            "if(duree_etait_dite, bool_and(duree_dicible) over (partition by num_famille),"
            " duree_dicible)",
            "duree_dicible",
        ),
        version=SECOND,
    ),
    "a kept row tells the amounts of today": leak(
        "comptes_fideles",
        step(
            "suites",
            "plan[0] + ['est_sensible']",
            "plan[0] + ['est_sensible', 'heures', 'montant_engage', 'montant_titulaire']",
        ),
        version=SECOND,
    ),
    "a kept row tells its dossiers of today too": leak(
        "rien_de_perdu",
        step(
            "suites",
            "anti join (select num_famille from {{ modele('suites') }} where suite = 'figee')"
            " using (num_famille)",
            "",
        ),
        step(
            "suites",
            "dossiers on suivis.id_dossier = dossiers.id_dossier\n    ) as gardes using (numero)",
            "dossiers on false\n    ) as gardes using (numero)",
        ),
        version=SECOND,
    ),
    "a row falls silent of what it told": leak(
        "lignes_muettes",
        step(
            "diffusion",
            "where chiffre = 'montant') as montant_se_tait",
            "where chiffre = 'montant') or lignes.num_ligne % 2 = 0 as montant_se_tait",
        ),
        version=SECOND,
    ),
    "a family is divided into rows that fall silent": leak(
        "lignes_muettes", _DIVIDED, version=SECOND
    ),
    "a row tells that nobody changed": leak(
        "mises_a_jour",
        step("lignes", "suites.suite <> 'revisee'", "suites.suite = 'figee'"),
        version=SECOND,
    ),
    "rows of another cohort disappear": leak(
        "lignes_figees",
        step("diffusion", _OTHERS, f"{_OTHERS}\n    where num_ligne % 4 > 0"),
        version=SECOND,
    ),
    "late dossiers join a definitive row": leak(
        "lignes_figees",
        step(
            "diffusion",
            "select * from {{ registre('lignes') }}",
            "select * replace (nb_dossiers + (num_ligne % 4 = 0)::integer as nb_dossiers)"
            " from {{ registre('lignes') }}",
        ),
        version=SECOND,
    ),
    "an older row has too few persons": leak(
        "personnes_par_ligne_publiee",
        version=SECOND,
        inherited="update coffre.registre.lignes set nb_titulaires = {k} - 1 "
        f"where num_ligne = {_FROZEN}",
    ),
    "an older row tells what its remainder hides": leak(
        "somme_des_financeurs",
        version=SECOND,
        inherited="update coffre.registre.lignes set montant_non_ventile = montant_non_ventile + 1 "
        f"where num_ligne = {_FROZEN}",
    ),
}
