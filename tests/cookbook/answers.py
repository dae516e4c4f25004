"""What each recipe should answer: counted from the dossiers and the trainings, one by one."""

from tests.cookbook.comparison import Truth
from tests.cookbook.diagnosis_answers import DIAGNOSIS_ANSWERS

_LAST_YEAR = "(select max(annee) from achats where mois like '%-12')"
_MOST_OFFERED = """(
    select certification from offre
    group by certification
    order by
        count(*) desc,
        if(certification like 'RS%', certification[3:]::integer, -1),
        if(certification like 'RNCP%', certification[5:]::integer, -1)
    limit 1
)"""
_MEASURES = """
    count(*) as dossiers,
    sum(euros) as montant_engage,
    round(sum(euros) / count(*), 2) as prix_moyen"""
_PLACE = "if(a_distance, 'À distance', departement)"
_REGION = "if(a_distance, 'À distance', region)"

_FINANCERS = ("personnes", "employeurs", "france_travail", "opco", "regions")
_PAID = ", ".join(f"coalesce(sum({name}), 0) as {name}" for name in _FINANCERS)

ANSWERS = {
    1: Truth(
        f"""
        select mois as mois_validation,
            if(any_value(mois_definitif), 'definitive', 'provisoire') as edition,
            count(distinct titulaire) as titulaires, {_MEASURES},
            round(avg(heures), 1) as duree_moyenne
        from achats group by mois
        """,
        key=("mois_validation",),
        told=0.8,
    ),
    2: Truth(
        """
        select trimestre as trimestre_entree,
            if(any_value(trimestre_definitif), 'definitive', 'provisoire') as edition,
            count(*) as entrees, count(distinct titulaire) as titulaires,
            sum(euros) as montant_engage
        from entrees group by trimestre
        """,
        key=("trimestre_entree",),
        told=0.85,
    ),
    3: Truth(
        """
        with communs as (
            select annee as annee_validation, count(distinct mois) as mois_comptes,
                count(*) as dossiers
            from achats
            where mois[6:] <= (select max(mois)[6:] from achats)
            group by annee
        )
        select *, round(100 * (dossiers / lag(dossiers) over (order by annee_validation) - 1), 1)
            as croissance
        from communs
        """,
        key=("annee_validation",),
    ),
    4: Truth(
        """
        select annee as annee_validation, count(*) as dossiers, count_if(a_distance) as a_distance,
            round(100 * avg(a_distance::integer), 1) as part_a_distance
        from achats group by annee
        """,
        key=("annee_validation",),
        told=0.75,
    ),
    5: Truth(
        """
        select annee as annee_validation, count(*) as dossiers,
            count_if(statut = 'Clos - Réalisation Totale') as termines,
            count_if(statut = 'Clos - Réalisation Partielle') as partiels,
            count_if(statut in (
                'Clos - Non Réalisé annulé titulaire', 'Clos - Non Réalisé annulé OF',
                'Dossier annulé gestionnaire', 'Rejeté'
            )) as annules,
            dossiers - termines - partiels - annules as en_cours,
            round(100 * (partiels + annules) / dossiers, 1) as part_abandonnee
        from achats where annee_definitive group by annee
        """,
        key=("annee_validation",),
        unless=dict.fromkeys(
            ("termines", "partiels", "annules", "en_cours", "part_abandonnee"), "non_ventiles"
        ),
    ),
    6: Truth(
        f"""
        select annee as annee_validation, certification as code_certification, {_MEASURES}
        from achats where annee = {_LAST_YEAR} group by annee, certification
        """,
        key=("annee_validation", "code_certification"),
        partial=True,
        ranked_by="dossiers",
    ),
    7: Truth(
        f"""
        select annee as annee_validation, {_PLACE} as departement, {_MEASURES}
        from achats group by annee, {_PLACE}
        """,
        key=("annee_validation", "departement"),
        told=0.6,
    ),
    8: Truth(
        f"""
        select departement as nom_departement, count(*) as formations,
            median(prix_moyen) as prix_median, min(prix_min) as prix_min, max(prix_max) as prix_max
        from offre
        where departement is not null and certification = {_MOST_OFFERED}
        group by departement
        """,
        key=("nom_departement",),
    ),
    9: Truth(
        f"""
        select annee as annee_validation, certification as code_certification,
            {_PLACE} as departement, count(*) as au_moins
        from achats group by annee, certification, {_PLACE}
        """,
        key=("annee_validation", "code_certification", "departement"),
        at_least={"au_moins": "non_ventiles"},
        partial=True,
    ),
    10: Truth(
        """
        select coalesce(niveau, 'Répertoire spécifique ou sans niveau') as niveau,
            count(*) as formations, count_if(heures > 0) as avec_duree,
            round(avg(nullif(heures, 0)), 1) as heures_moyennes,
            median(nullif(heures, 0)) as heures_medianes
        from offre group by 1
        """,
        key=("niveau",),
    ),
    11: Truth(
        f"""
        with demande as (
            select {_REGION} as region, count_if(est_au_catalogue) as dossiers
            from achats where annee = {_LAST_YEAR} group by 1
        ),
        proposees as (
            select coalesce(region, 'À distance') as region, count(*) as formations
            from offre group by 1
        )
        select *, round(dossiers / formations, 1) as dossiers_par_formation
        from demande join proposees using (region)
        """,
        key=("region",),
        at_least={"dossiers": "non_ventiles"},
        unless={"dossiers_par_formation": "non_ventiles"},
    ),
    12: Truth(
        f"""
        with demande as (
            select domaine, region, count_if(est_au_catalogue) as dossiers
            from achats where annee = {_LAST_YEAR} and not a_distance
            group by domaine, region
        ),
        proposees as (
            select libelle as domaine, region, count(*) as formations
            from offre join nsf on code_nsf = nsf.code
            where region is not null
            group by libelle, region
        )
        select *, round(dossiers / formations, 1) as dossiers_par_formation
        from demande join proposees using (domaine, region)
        """,
        key=("domaine", "region"),
        at_least={"dossiers": "non_ventiles", "dossiers_par_formation": None},
        partial=True,
    ),
    13: Truth(
        f"""
        select siret as siret_of, count(*) as formations, min(prix_min) as prix_min,
            max(prix_max) as prix_max
        from offre where certification = {_MOST_OFFERED} group by siret
        """,
        key=("siret_of",),
        partial=True,
    ),
    14: Truth(
        """
        select annee as annee_entree, region as region_residence, count(*) as entrees,
            count_if(genre = 'Femme') as femmes
        from entrees where region is not null group by annee, region
        """,
        key=("annee_entree", "region_residence"),
        at_least={"femmes": "non_ventiles"},
        told=0.2,
    ),
    15: Truth(
        """
        select annee as annee_entree, age as tranche_age, count(*) as entrees,
            round(100 * count(*) / sum(count(*)) over (partition by annee), 1) as part
        from entrees group by annee, age
        """,
        key=("annee_entree", "tranche_age"),
        told=0.7,
    ),
    16: Truth(
        """
        select annee as annee_entree, situation, count(*) as entrees, sum(euros) as montant_engage,
            round(sum(euros) / count(*), 2) as prix_moyen
        from entrees where annee_definitive group by annee, situation
        """,
        key=("annee_entree", "situation"),
        unless=dict.fromkeys(("entrees", "montant_engage", "prix_moyen"), "categories_secretes"),
    ),
    17: Truth(
        """
        select trimestre as trimestre_entree, departement as departement_residence,
            count(*) as entrees, count_if(situation like 'Demandeur%') as demandeurs
        from entrees where trimestre_definitif and departement is not null
        group by trimestre, departement
        """,
        key=("trimestre_entree", "departement_residence"),
        told=0.3,
    ),
    18: Truth(
        f"""
        select annee as annee_validation, sum(euros) as montant_engage, {_PAID}
        from achats where annee_definitive group by annee
        """,
        key=("annee_validation",),
        at_least=dict.fromkeys(_FINANCERS, "non_ventiles"),
    ),
    19: Truth(
        f"""
        select annee as annee_entree, age as tranche_age, sum(euros) as montant_engage,
            {_PAID}
        from entrees where annee_definitive group by annee, age
        """,
        key=("annee_entree", "tranche_age"),
        at_least=dict.fromkeys(_FINANCERS, "non_ventiles"),
    ),
    22: Truth(
        """
        select if(mois_definitif, 'definitive', 'provisoire') as edition,
            any_value(livraison) as valeur_du, min(mois) as premier_mois, max(mois) as dernier_mois,
            count(*) as dossiers
        from achats group by 1
        """,
        key=("edition",),
    ),
    24: Truth(
        """
        with evenements as (
            select date_entree as jour, 'entrees' as compteur from commences
            union all
            select date_sortie, if(statut_dossier like '%Totale', 'totales', 'partielles')
            from commences where statut_dossier like 'Clos%' and date_sortie is not null
        )
        select
            year(jour) || '-T' || quarter(jour) as trimestre,
            count_if(compteur = 'entrees') as entrees,
            count_if(compteur = 'totales') as sorties_totales,
            count_if(compteur = 'partielles') as sorties_partielles
        from evenements
        where last_day(date_trunc('quarter', jour) + interval 2 month)
            <= (select any_value(livraison) from commences)
        group by trimestre
        """,
        key=("trimestre",),
    ),
    25: Truth(
        """
        with noms as (
            select siren, denomination from landed.organismes
            where siren is not null and denomination is not null
            qualify row_number() over (
                partition by siren order by date_derniere_declaration desc nulls last, _num
            ) = 1
        )
        select
            left(siret_of, 9) as siren_of_contractant,
            any_value(denomination) as organisme,
            count(*) as au_moins
        from commences
        left join noms on left(siret_of, 9) = siren
        where year(date_entree) = (
            select max(year(date_entree)) from commences
            where month(date_entree) >= 10
            and last_day(date_trunc('quarter', date_entree) + interval 2 month) <= livraison
        )
        group by siren_of_contractant
        """,
        key=("siren_of_contractant",),
        at_least={"au_moins": "non_ventiles"},
        partial=True,
        ranked_by="au_moins",
    ),
    **DIAGNOSIS_ANSWERS,
}
