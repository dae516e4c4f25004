"""Wrong recipes, by what is wrong with them: the number of the right one, and the query."""

_PURCHASES, _USERS = "moncompteformation_formations_engagees", "moncompteformation_usagers"

WRONG = {
    "euros by month, of the rows that tell them": (
        1,
        f"""
        select mois_validation, edition, sum(nb_dossiers) as dossiers,
            sum(nb_titulaires) as titulaires, sum(montant_engage) as montant_engage,
            round(sum(montant_engage) / sum(nb_dossiers), 2) as prix_moyen,
            round(avg(duree_moyenne), 1) as duree_moyenne
        from {_PURCHASES} group by mois_validation, edition
        """,
    ),
    "the tables of totals added up": (
        2,
        f"""
        select trimestre_entree, edition, sum(nb_dossiers) as entrees,
            sum(nb_titulaires) as titulaires, sum(montant_engage) as montant_engage
        from {_USERS}_totaux where trimestre_entree <> 'ENSEMBLE' group by all
        """,
    ),
    "a year that has not ended beside whole ones": (
        3,
        f"""
        select annee_validation, 12 as mois_comptes, nb_dossiers as dossiers,
            round(100 * (nb_dossiers / lag(nb_dossiers) over (order by annee_validation) - 1), 1)
                as croissance
        from {_PURCHASES}_totaux where tableau = 'annee'
        """,
    ),
    "remote among the rows whose place is told": (
        4,
        f"""
        select annee_validation, sum(nb_dossiers) as dossiers,
            sum(nb_dossiers) filter (where code_region_lieu_formation is null) as a_distance,
            round(100 * a_distance / dossiers, 1) as part_a_distance
        from {_PURCHASES} where code_region_lieu_formation is distinct from 'REGROUPE'
        group by annee_validation
        """,
    ),
    "what becomes of the dossiers whose status is told": (
        5,
        f"""
        select annee_validation, sum(nb_dossiers) as dossiers,
            sum(nb_dossiers) filter (where statut_dossier like '%Réalisation Totale') as termines,
            sum(nb_dossiers) filter (where statut_dossier like '%Partielle') as partiels,
            sum(nb_dossiers) filter (where statut_dossier like '%annulé%') as annules,
            dossiers - termines - partiels - annules as en_cours,
            round(100 * (partiels + annules) / dossiers, 1) as part_abandonnee,
            0 as non_ventiles
        from {_PURCHASES}
        where annee_validation = 2020 and statut_dossier <> 'REGROUPE'
        group by annee_validation
        """,
    ),
    "certifications ranked by what rows tell": (
        6,
        f"""
        select annee_validation, code_certification, sum(nb_dossiers) as dossiers,
            sum(montant_engage) as montant_engage,
            round(sum(montant_engage) / sum(nb_dossiers), 2) as prix_moyen, 0 as non_ventiles
        from {_PURCHASES}
        where code_certification <> 'REGROUPE' and annee_validation = 2021
        group by all order by dossiers desc limit 10
        """,
    ),
    "dossiers of a département added up from rows": (
        7,
        f"""
        select annee_validation, coalesce(departement_lieu_formation, 'À distance') as departement,
            sum(nb_dossiers) as dossiers, sum(montant_engage) as montant_engage,
            round(sum(montant_engage) / sum(nb_dossiers), 2) as prix_moyen
        from {_PURCHASES} where departement_lieu_formation is distinct from 'REGROUPE'
        group by all
        """,
    ),
    "an offer without driving licences beside a demand with them": (
        11,
        f"""
        select coalesce(region_lieu_formation, 'À distance') as region, formations,
            nb_dossiers as dossiers, 0 as non_ventiles,
            round(nb_dossiers / formations, 1) as dossiers_par_formation
        from {_PURCHASES}_totaux
        join (
            select nom_region, count(*) as formations
            from moncompteformation_catalogueformation group by nom_region
        ) on nom_region is not distinct from region_lieu_formation
        where tableau = 'annee_region' and annee_validation = 2021
        """,
    ),
    "women among the rows whose gender is told": (
        14,
        f"""
        select annee_entree, region_residence, sum(nb_dossiers) as entrees,
            sum(nb_dossiers) filter (where genre = 'Femme') as femmes, 0 as non_ventiles
        from {_USERS}
        where genre <> 'REGROUPE' and region_residence not in ('REGROUPE', 'Non renseigné')
        group by all
        """,
    ),
    "ages of the rows whose age is told": (
        15,
        f"""
        select annee_entree, tranche_age, sum(nb_dossiers) as entrees,
            round(100 * entrees / sum(sum(nb_dossiers)) over (partition by annee_entree), 1) as part
        from {_USERS} where tranche_age not in ('REGROUPE', 'Non renseigné')
        group by annee_entree, tranche_age
        """,
    ),
    "situations of the rows that tell them": (
        16,
        f"""
        select annee_entree, situation, sum(nb_dossiers) as entrees,
            sum(montant_engage) as montant_engage,
            round(sum(montant_engage) / sum(nb_dossiers), 2) as prix_moyen,
            0 as categories_secretes
        from {_USERS} where annee_entree = 2020 and situation <> 'REGROUPE' group by all
        """,
    ),
    "an empty counter taken for a zero, of the bodies that rows name": (
        24,
        """
        select trimestre, sum(entrees_formation) as entrees,
            sum(coalesce(sorties_realisation_totale, 0)) as sorties_totales,
            sum(coalesce(sorties_realisation_partielle, 0)) as sorties_partielles
        from entree_sortie_formation where siren_of_contractant <> 'REGROUPE' group by trimestre
        """,
    ),
    "every establishment counted as authorised that its company has elsewhere": (
        27,
        """
        select code_certification, count(*) as proposent,
            count_if(code_signal in ('S0', 'S2')) as habilites,
            count_if(code_signal = 'S8') as enregistrement_echu,
            count_if(code_signal = 'S7') as hors_repertoire,
            proposent - habilites - enregistrement_echu - hors_repertoire
                as sans_habilitation_publiee
        from signaux_habilitation group by code_certification
        """,
    ),
    "remote trainings in the offer of a région": (
        29,
        """
        select territoire, code as code_nsf, formations + distance as formations, dossiers,
            demande_lue = 'detail' as est_un_minimum,
            round(dossiers / (formations + distance), 2) as achats_par_formation,
            false as tout_est_situe, null as indice_tension, null as classe_tension
        from offre_et_demande
        join (
            select code, annee, formations as distance from offre_et_demande
            where territoire = 'DISTANCE' and niveau_nomenclature = 'nsf'
        ) using (code, annee)
        where niveau_nomenclature = 'nsf' and niveau_territoire = 'region' and annee = 2021
        """,
    ),
}
