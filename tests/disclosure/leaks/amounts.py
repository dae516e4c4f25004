"""Leaks of amounts and durations: of too few, of somebody who makes most, by difference."""

from tests.disclosure.leaks.method import SECOND, leak, step
from tests.factories.rendered_models import PROJECT_FILE, Edit
from tests.factories.small_versions import FILE, VAULT

_OTHERS = ("employeur", "france_travail", "opco", "region", "agefiph", "transitions_pro", "autre")
_ROWS_OF_DOSSIERS = f"""
    (
        select * replace (coalesce(num_ligne, num_famille) as num_ligne)
        from {VAULT}.int_{{jeu}}__etats
        left join {VAULT}.int_{{jeu}}__divisions using (num_famille, {{fines}})
    ) as etats
    inner join {VAULT}.int_{{jeu}}__diffusion as lignes using (num_ligne)
"""
_TOLD_OF_FEW = " or ".join(
    "count(distinct titulaire) filter "
    f"(where lignes.montant_{name} <> 0 and etats.montant_{name} <> 0) between 1 and {{k}} - 1"
    for name in _OTHERS
)
_FEW_CONTRIBUTORS = f"""
select count(*) from (
    select num_ligne from {_ROWS_OF_DOSSIERS}
    group by num_ligne
    having {_TOLD_OF_FEW}
)
"""
# Told amounts of two training bodies, or of one above all.
_TOLD_OF_A_BODY = " + ".join(
    f"""
(
    select count(*) from (select num_ligne from (
        select num_ligne, siren_of, sum(etats.montant_{name}) as montant
        from {_ROWS_OF_DOSSIERS}
        where lignes.montant_{name} <> 0 and etats.montant_{name} <> 0
        group by num_ligne, siren_of
    )
    group by num_ligne
    having count(*) < 3 or max(montant) >= 0.85 * sum(montant))
)
"""
    for name in _OTHERS
)
# (whoever makes most of an amount makes most of that of a training body)
_MOST = f"""
select count(*) from (
    select num_ligne from (
        select num_ligne, titulaire, sum(etats.montant_engage) as montant
        from {_ROWS_OF_DOSSIERS}
        where lignes.montant_engage is not null
        group by num_ligne, titulaire
    )
    group by num_ligne
    having count(*) >= {{k}} and max(montant) >= 0.85 * sum(montant)
)
"""
# Rows that tell no financer, and do not all say so.
_BOTH = f"""
select count(distinct montants_par_financeur) // 2 from {FILE}
where edition = 'definitive' and montant_engage is not null and montant_personne is null
"""
_SENSITIVE = (
    "select count(nullif(montant_employeur, 0)) + count(nullif(montant_france_travail, 0)) "
    f"+ count(nullif(montant_transitions_pro, 0)) from {FILE}"
)
_AGEFIPH = f"select count(*) from {FILE} where montant_agefiph <> 0"
_ENGAGED = "{{ assez('montant_engage') }} and {{ assez_d_organismes('montant_engage') }}"
_FEW = " or ".join(
    "count(distinct titulaire) filter "
    f"(where lignes.montant_{name} <> 0 and etats.montant_{name} <> 0) between 1 and {{k}} - 1"
    for name in _OTHERS
)
_FEW_CONTRIBUTORS = f"""
select count(*) from (
    select num_ligne from {_ROWS_OF_DOSSIERS}
    group by num_ligne
    having {_TOLD_OF_FEW}
)
"""
# Told amounts of two training bodies, or of one above all.
_TOLD_OF_A_BODY = " + ".join(
    f"""
(
    select count(*) from (select num_ligne from (
        select num_ligne, siren_of, sum(etats.montant_{name}) as montant
        from {_ROWS_OF_DOSSIERS}
        where lignes.montant_{name} <> 0 and etats.montant_{name} <> 0
        group by num_ligne, siren_of
    )
    group by num_ligne
    having count(*) < 3 or max(montant) >= 0.85 * sum(montant))
)
"""
    for name in _OTHERS
)
# (whoever makes most of an amount makes most of that of a training body)
_MOST = f"""
select count(*) from (
    select num_ligne from (
        select num_ligne, titulaire, sum(etats.montant_engage) as montant
        from {_ROWS_OF_DOSSIERS}
        where lignes.montant_engage is not null
        group by num_ligne, titulaire
    )
    group by num_ligne
    having count(*) >= {{k}} and max(montant) >= 0.85 * sum(montant)
)
"""
# Rows that tell no financer, and do not all say so.
_BOTH = f"""
select count(distinct montants_par_financeur) // 2 from {FILE}
where edition = 'definitive' and montant_engage is not null and montant_personne is null
"""
_SENSITIVE = (
    "select count(nullif(montant_employeur, 0)) + count(nullif(montant_france_travail, 0)) "
    f"+ count(nullif(montant_transitions_pro, 0)) from {FILE}"
)
_AGEFIPH = f"select count(*) from {FILE} where montant_agefiph <> 0"
_ENGAGED = "{{ assez('montant_engage') }} and {{ assez_d_organismes('montant_engage') }}"
_ENGAGED_OF_ENOUGH = _ENGAGED.replace(
    "{{ assez('montant_engage') }}", "contributeurs_montant_engage >= {{ seuil }}"
)
_FEW = "(contributeurs_{{ chiffre }} >= {{ reglages().seuil }} and"
_OF_ENOUGH, _AND_BODIES = "{{ assez(financeur) }}", "and {{ assez_d_organismes(financeur) }}"
_TOLD = "cast(if({{ se_dit }}, nullif(dites.{{ financeur }}, 0), null)"
_PERSON = (
    "(est_dit and edition = 'definitive' and {{ assez('montant_personne') }}"
    " and {{ assez_d_organismes('montant_personne') }})"
)
_PERSON_TOO = (
    "({{ se_dit }}){{ ' or ' if financeur == 'montant_personne' }}"
    f"{{% if financeur == 'montant_personne' %}}{_PERSON}{{% endif %}}"
)
_LESS_THAT_OF_PERSONS = (
    f"if({{{{ se_dit }}}}, 0, dites.montant_engage - if({_PERSON}, dites.montant_personne, 0))"
)
_NATIONAL = "['montant_non_ventile'] + var('secret').financeurs_nationaux"

KINDS = {
    "somebody makes most of an amount": leak(
        "montants_dits",
        step("lignes", _ENGAGED, "contributeurs_montant_engage >= {{ seuil }}"),
        shown=_MOST,
    ),
    "an amount of k - 1 contributors": leak(
        "montants_dits durees_dites", step("regles", _FEW, _FEW.replace("seuil", "seuil - 1"))
    ),
    "a financer of k - 1 contributors or less": leak(
        "montants_dits",
        step("lignes", _OF_ENOUGH, "contributeurs_{{ financeur }} >= {{ seuil - 2 }}"),
        shown=_FEW_CONTRIBUTORS,
    ),
    "an amount of two training bodies": leak(
        "organismes_par_montant",
        Edit(PROJECT_FILE, "organismes_minimum: 3", "organismes_minimum: 2"),
    ),
    "a training body makes most of an amount": leak(
        "organismes_par_montant",
        step(
            "regles",
            "and maximum_organisme_{{ chiffre }} < {{ var('secret').part_dominante }}"
            " * {{ chiffre }}::double)",
            ")",
        ),
    ),
    "a financer of one training body": leak(
        "organismes_par_montant",
        step(
            "lignes",
            f"{_OF_ENOUGH}\n                {_AND_BODIES}",
            "contributeurs_{{ financeur }} >= {{ seuil }}",
        ),
        shown=f"select {_TOLD_OF_A_BODY}",
    ),
    "a mean duration of a few": leak(
        "durees_dites",
        step(
            "lignes",
            "{{ assez('heures') }} as duree_dicible",
            "contributeurs_heures > 0 as duree_dicible",
        ),
    ),
    "a financer of nearly all": leak(
        "non_contributeurs",
        step("lignes", "and nb_titulaires - contributeurs_{{ financeur }} >= {{ seuil }}", ""),
        shown=_SENSITIVE,
    ),
    "a row tells who is disabled": leak(
        "non_contributeurs",
        step("lignes", _NATIONAL, "['montant_non_ventile']"),
        shown=_AGEFIPH,
    ),
    "some add to the participation that is known": leak(
        "participation_connue",
        step("regles", "and (contributeurs_supplement = 0 or {{ assez('supplement') }})", ""),
        version=SECOND,
    ),
    "nearly all pay the participation": leak(
        "participation_connue",
        step(
            "regles",
            "and (contributeurs_participation = 0 or (contributeurs_participation >= {{ seuil }}"
            " and nb_titulaires - contributeurs_participation >= {{ seuil }}))",
            "",
        ),
        version=SECOND,
    ),
    "a row tells what persons pay, and no other financer": leak(
        "montants_en_commun",
        step(
            "lignes", _TOLD, f"cast(if({_PERSON_TOO}, nullif(dites.{{{{ financeur }}}}, 0), null)"
        ),
        step("lignes", "if({{ se_dit }}, 0, dites.montant_engage)", _LESS_THAT_OF_PERSONS),
        shown=f"select count(*) from {FILE} where montants_par_financeur = 'secrets'"
        " and montant_personne is not null",
    ),
    "what is not told is told as zero": leak(
        "comptes_fideles montants_dits",
        step(
            "lignes",
            _TOLD,
            _TOLD.replace("null)", "0)"),
        ),
    ),
    "what nobody has is told as zero": leak(
        "montants_dits",
        step("lignes", "nullif(dites.{{ financeur }}, 0), null)", "dites.{{ financeur }}, null)"),
    ),
    "a mean over other dossiers": leak(
        "comptes_fideles",
        step(
            "lignes",
            "dites.heures / dites.nb_dossiers_avec_duree",
            "dites.heures / dites.nb_dossiers",
        ),
    ),
    "the file tells a price that its row does not": leak(
        "fichier_fidele",
        Edit(
            "macros/colonnes_publiques.sql",
            "{{ etape }}.prix_moyen",
            "coalesce({{ etape }}.prix_moyen, (select avg(etats.montant_engage)::decimal(12, 2)"
            " from {{ ref('int_' ~ model.name.removeprefix('moncompteformation_') ~ '__etats') }}"
            " as etats where etats.num_famille = {{ etape }}.num_ligne)) as prix_moyen",
        ),
    ),
    "a status tells whether somebody has an employer": leak(
        "colonnes_impliquees",
        Edit(
            "macros/colonnes_publiques.sql",
            "if({{ etape }}.montant_non_ventile = 0, 'publies', 'secrets')",
            "if({{ etape }}.montant_non_ventile = 0 or (select bool_and(etats.montant_employeur"
            " = 0) from {{ ref('int_' ~ model.name.removeprefix('moncompteformation_') ~ '__etats')"
            " }} as etats where etats.num_famille = {{ etape }}.num_ligne), 'publies', 'secrets')",
        ),
        shown=_BOTH,
    ),
    "a provisional row tells its financers": leak(
        "editions_a_leur_date", step("lignes", "edition = 'definitive'", "true")
    ),
}
