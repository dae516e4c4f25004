"""Leaks of persons: rows of too few, groups that rows give back, statuses, dates."""

from tests.disclosure.leaks.method import SECOND, SMALL_ROWS, leak, step
from tests.factories.random_dossiers import CANCELLED
from tests.factories.rendered_models import PROJECT_FILE, Edit
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_versions import FILE, VAULT

_MODELS = "models/intermediate/consommation"
_LEFT_OVER = "where not est_sur and (est_diffusable or caches.cohorte is not null)"
_ABSORBED = "anti join absorbees using (cohorte, niveau_diffusion, {{ dimensions | join(', ') }})"
_KEYS = "group by cohorte, {{ colonnes | join(', ') }}"
_REGROUPED = "from generalises\ngroup by cohorte, niveau_diffusion, {{ dimensions | join(', ') }}"
# What is left of families: rows of hardly more dossiers than cells.
_COUNTED_CELLS = f"""
select count(*)
from (
    select num_ligne, count(*) as cellules
    from {VAULT}.int_{{jeu}}__divisions
    group by num_ligne
    having count(*) > 1
)
inner join {VAULT}.int_{{jeu}}__lignes using (num_ligne)
semi join (from {VAULT}.int_{{jeu}}__divisions where est_fine) as divisees
    on num_ligne = divisees.num_famille
where nb_dossiers < cellules + 2
"""
# Rows that are full of small cells: whoever knows the rule knows nearly each of them.
_FULL_FAMILIES = f"""
select count(*)
from (
    select num_famille, count(*) as cellules, max(nombre) as maximum
    from (
        select num_famille, statut_dossier, modalite_presence, count(distinct titulaire) as nombre
        from {VAULT}.int_{{jeu}}__etats
        group by num_famille, statut_dossier, modalite_presence
    )
    group by num_famille
)
inner join {VAULT}.int_{{jeu}}__lignes on num_famille = num_ligne
where niveau_diffusion = 2 and maximum < {{k}} and nb_titulaires > ({{k}} - 1) * cellules - 4
"""
_FULL_GROUPS = f"""
select count(*)
from (
    select num_famille, count(*) as cellules, max(cellules.nb_titulaires) as maximum
    from (select num_famille, unnest(cellules) as numero from {VAULT}.int_{{jeu}}__groupes)
    inner join {VAULT}.int_{{jeu}}__cellules as cellules using (numero)
    group by num_famille
)
inner join {VAULT}.int_{{jeu}}__lignes on num_famille = num_ligne
where niveau_diffusion > 2 and maximum < {{k}} and nb_titulaires > ({{k}} - 1) * cellules - 4
"""
_SMALL_CELLS = step("detail", "coalesce(fratries.rang > choix.nb_absorbees, true)", "true")
_NO_WIDTH_IN_A_FAMILY = step(
    "detail",
    "and {{ intervalle_large() }}\n"
    "        and least({{ seuil - 1 }}, somme) >= {{ largeur() }}\n"
    "        and {{ hesite_entre_non_vides(\n"
    "            'list_unique(flatten(list(titulaires))) - ' ~ seuil ~ ' * count_if("
    "nb_titulaires >= ' ~ seuil ~ ')',\n"
    "            'nb_unites'\n        ) }} as est_sur",
    "as est_sur",
)

KINDS = {
    "k - 1 persons make a row": leak(
        "personnes_par_ligne",
        step(
            "partition",
            "nb_titulaires >= {{ seuil }}",
            "nb_titulaires >= {{ seuil - 1 }}",
        ),
        shown=SMALL_ROWS,
    ),
    "k - 1 persons make a fine row": leak(
        "personnes_par_ligne",
        step("detail", "set seuil = reglages().seuil -%}", "set seuil = reglages().seuil - 1 -%}"),
        shown=SMALL_ROWS,
    ),
    "dossiers are counted instead of persons": leak(
        "personnes_par_ligne",
        step(
            "dossiers",
            "if(count(*) = 1, 1, list_unique(list(titulaire))) as nb_titulaires",
            "count(*) as nb_titulaires",
        ),
        shown=SMALL_ROWS,
    ),
    "dossiers are told as persons": leak(
        "comptes_fideles",
        step("lignes", "count(*) as nb_titulaires,\n", "sum(nb_dossiers) as nb_titulaires,\n"),
    ),
    "groups leave no interval": leak(
        "intervalles",
        step(
            "regles",
            "count(*) >= 2 and sum(nb_titulaires) <= sum(borne) - {{ largeur() }}",
            "true",
        ),
        shown=_FULL_GROUPS,
    ),
    "a row says what it holds by its size": leak(
        "intervalles",
        step("partition", " and numero not in (select numero from serrees)", ""),
        shown=_FULL_FAMILIES,
        datasets=(PURCHASES,),
    ),
    "cells that are not empty are counted": leak(
        "intervalles",
        step(
            "regles",
            "{{ personnes }} >= {{ cellules }} + {{ [2, reglages().seuil - 2] | min }}",
            "true",
        ),
        version=SECOND,
        shown=_COUNTED_CELLS,
    ),
    "what is left of a cohort is a row": leak(
        "personnes_par_ligne",
        step("partition", _LEFT_OVER, "where not est_sur"),
        step("partition", "where rang <= dernier_rang", "where false"),
        shown=SMALL_ROWS,
    ),
    "what is left of a cohort is lost": leak(
        "rien_de_perdu", step("partition", _LEFT_OVER, "where false")
    ),
    "a row that another absorbed is published": leak(
        "rien_de_perdu", step("partition", _ABSORBED, "")
    ),
    "small cells of a family stay alone": leak(
        "personnes_par_ligne intervalles", _SMALL_CELLS, version=SECOND
    ),
    "small cells of a family leave no interval": leak(
        "intervalles", _NO_WIDTH_IN_A_FAMILY, version=SECOND
    ),
    "a hidden column divides rows": leak(
        "cle_unique",
        step("dossiers", _KEYS, f"{_KEYS}, hash(titulaire) % 2"),
        Edit("macros/totaux/reculs.sql", _REGROUPED, f"{_REGROUPED}, num_famille"),
    ),
    "remote trainings take place somewhere": leak(
        "dossiers_a_leur_place",
        Edit(
            f"{_MODELS}/formations_engagees/int_formations_engagees__cellules.sql",
            "groupes.code_departement_lieu as code_departement_lieu_formation",
            "replace(groupes.code_departement_lieu, 'A_DISTANCE', '33')"
            " as code_departement_lieu_formation",
        ),
        datasets=(PURCHASES,),
    ),
    "women are told as men": leak(
        "dossiers_a_leur_place",
        Edit(
            f"{_MODELS}/usagers/int_usagers__cellules.sql",
            "when 'F' then 'Femme' when 'H' then 'Homme'",
            "when 'H' then 'Femme' when 'F' then 'Homme'",
        ),
        datasets=(USERS,),
    ),
    "all were cancelled": leak(
        "statuts_unanimes",
        step(
            "detail",
            "and not (est_sensible and count(*) over",
            "and not (false and count(*) over",
        ),
        shown=f"select count(*) from {FILE} where statut_dossier = '{CANCELLED}'",
        datasets=(PURCHASES,),
    ),
    "a provisional row tells a status": leak(
        "editions_a_leur_date",
        step(
            "detail",
            "semi join (select cohorte from {{ modele('editions') }}"
            " where edition = 'definitive') using (cohorte)",
            "",
        ),
    ),
    "a cohort is definitive too early": leak(
        "editions_a_leur_date",
        Edit(PROJECT_FILE, "mois_avant_definitif: 13", "mois_avant_definitif: 1"),
    ),
    "a provisional cohort is definitive too early": leak(
        "editions_a_leur_date",
        Edit(PROJECT_FILE, "mois_avant_definitif: 13", "mois_avant_definitif: 12"),
        version=SECOND,
        datasets=(PURCHASES,),
    ),
    "a cohort has not ended": leak(
        "editions_a_leur_date",
        step(
            "editions", "where {{ debut }} + interval {{ duree }} month <= livraison.jour + 1", ""
        ),
        datasets=(USERS,),
    ),
    "a situation says more than its row": leak(
        "colonnes_impliquees",
        Edit(
            "models/marts/moncompteformation_usagers/moncompteformation_usagers.sql",
            "{{ situation('diffusion.csp') }} as situation",
            "case when diffusion.csp = 'REGROUPE' then (select min(etats.csp) from"
            " {{ ref('int_usagers__etats') }} as etats where etats.num_famille ="
            " diffusion.num_ligne) else {{ situation('diffusion.csp') }} end as situation",
        ),
        datasets=(USERS,),
    ),
    "a label says more than its code": leak(
        "colonnes_impliquees",
        Edit(
            "models/marts/moncompteformation_formations_engagees/"
            "moncompteformation_formations_engagees.sql",
            "{{ nomme('diffusion.code_nsf', 'domaines.libelle') }} as",
            "{{ nomme('diffusion.code_nsf', 'domaines.libelle') }} || (select min(etats."
            "statut_dossier) from {{ ref('int_formations_engagees__etats') }} as etats"
            " where etats.num_famille = diffusion.num_ligne) as",
        ),
        datasets=(PURCHASES,),
    ),
}
