"""What the recipes of the diagnosis, the signals and the key figures should answer."""

from tests.cookbook.comparison import Truth

_LAST_YEAR = "(select max(annee) from achats where mois like '%-12')"
_PLACE = "coalesce('REG-' || code_region, 'DISTANCE')"
# Trainings and purchases by certification and région, or remote.
_OFFERED = f"""
    select certification as code, {_PLACE} as territoire, siret, formation, prix_moyen, code_nsf
    from offre left join departements on departement = departements.nom"""
_BOUGHT = f"""
    select certification as code, code_nsf,
        if(a_distance, 'DISTANCE', 'REG-' || regions.code) as territoire
    from achats left join regions on region = regions.nom
    where annee = {_LAST_YEAR} and est_au_catalogue"""
_REGISTERS = """
    fiches as (
        select numero_fiche as code, any_value(date_fin_enregistrement) as fin
        from landed.certifications_standard group by numero_fiche
    ),
    listes as (
        select distinct numero_fiche as code,
            lpad(trim(siret_partenaire, E' \\t'), 14, '0') as siret
        from landed.certifications_partenaires
        where habilitation_partenaire in ('HABILITATION_FORMER', 'HABILITATION_ORGA_FORM')
            and coalesce(etat_habilitation, 'Actif') not like 'Supprim%'
            and siret_partenaire is not null
    )"""

DIAGNOSIS_ANSWERS = {
    26: Truth(
        f"""
        with proposees as ({_OFFERED}),
        achetes as ({_BOUGHT}),
        moi as (
            select siret from proposees group by siret
            order by count(distinct formation) desc, siret limit 1
        ),
        autour as (
            select code, territoire, count(distinct formation) as formations
            from proposees group by all
        ),
        demande as (select code, territoire, count(*) as dossiers from achetes group by all)
        select proposees.siret as siret_of, proposees.code, proposees.territoire,
            count(distinct formation) as mes_formations,
            any_value(formations)::decimal(12, 2) as formations,
            coalesce(any_value(dossiers), 0) as dossiers
        from proposees join moi using (siret) join autour using (code, territoire)
        left join demande using (code, territoire)
        group by all
        """,
        key=("siret_of", "code", "territoire"),
        unless={"dossiers": "est_un_minimum"},
    ),
    27: Truth(
        f"""
        with {_REGISTERS},
        ventes as (select distinct siret, certification as code from offre),
        jugees as (
            select ventes.*, fiches.code is null as hors,
                coalesce(fiches.fin < (select max(livraison) from achats), false) as echue,
                listes.siret is not null as listee
            from ventes left join fiches using (code) left join listes using (code, siret)
        )
        select code as code_certification, count(*) as proposent,
            count_if(listee and not echue and not hors) as habilites,
            count_if(echue and not hors) as enregistrement_echu, count_if(hors) as hors_repertoire,
            count_if(not hors and not echue and not listee) as sans_habilitation_publiee
        from jugees group by code
        """,
        key=("code_certification",),
    ),
    28: Truth(
        """
        with paye as (
            select annee, sum(euros) as euros, coalesce(sum(employeurs), 0) as employeur,
                coalesce(sum(france_travail), 0) as france_travail, coalesce(sum(opco), 0) as opco,
                coalesce(sum(regions), 0) as region
            from achats where annee_definitive group by annee
        )
        select annee, 'part_financeur_' || financeur as chiffre,
            (montant / euros)::decimal(20, 4) as part
        from (unpivot paye on employeur, france_travail, opco, region
            into name financeur value montant)
        """,
        key=("annee", "chiffre"),
        unless={"part": "non_ventile"},
        told=0.5,
        partial=True,
    ),
    29: Truth(
        f"""
        with proposees as ({_OFFERED}),
        achetes as ({_BOUGHT}),
        offre_locale as (
            select code_nsf, territoire, count(distinct formation) as formations
            from proposees where territoire <> 'DISTANCE' group by all
        ),
        demande_locale as (
            select code_nsf, territoire, count(*) as dossiers
            from achetes where territoire <> 'DISTANCE' group by all
        ),
        cellules as (
            select code_nsf, territoire, coalesce(formations, 0) as f, coalesce(dossiers, 0) as d
            from offre_locale full join demande_locale using (code_nsf, territoire)
        ),
        attendues as (
            select *, f * sum(d) over (partition by code_nsf)
                / nullif(sum(f) over (partition by code_nsf), 0) as e
            from cellules
        )
        select territoire, code_nsf, f::decimal(12, 2) as formations, d as dossiers,
            round((d / nullif(f, 0))::decimal(14, 4), 2)::decimal(14, 2) as achats_par_formation,
            round(((d - e) / (d + e + 20))::decimal(7, 6), 3)::decimal(7, 3) as indice_tension,
            case
                when (d - e) / (d + e + 20) <= -0.5 then 'offre très abondante au regard des achats'
                when (d - e) / (d + e + 20) <= -0.2 then 'offre abondante'
                when (d - e) / (d + e + 20) < 0.2 then 'équilibre proche de la moyenne'
                when (d - e) / (d + e + 20) < 0.5 then 'offre rare'
                else 'offre très rare'
            end as classe_tension
        from attendues where f > 0
        """,
        key=("territoire", "code_nsf"),
        unless=dict.fromkeys(("dossiers", "achats_par_formation"), "est_un_minimum"),
        when=dict.fromkeys(("indice_tension", "classe_tension"), "tout_est_situe"),
    ),
    30: Truth(
        f"""
        with annees as (
            select annee, count(*)::double as dossiers_valides,
                sum(euros)::double as montant_engage,
                (sum(euros) / count(*))::double as prix_moyen
            from achats where annee <= {_LAST_YEAR} group by annee
        )
        select annee, chiffre, valeur::decimal(20, 4) as valeur,
            round(100 * (valeur / lag(valeur) over (partition by chiffre order by annee) - 1), 1)
                ::decimal(12, 1) as evolution_pourcentage
        from (unpivot annees on dossiers_valides, montant_engage, prix_moyen
            into name chiffre value valeur)
        """,
        key=("annee", "chiffre"),
    ),
    31: Truth(
        f"""
        with proposees as ({_OFFERED}),
        formations as (
            select code, formation, any_value(siret)[:9] as siren,
                avg(nullif(prix_moyen, 0)) as prix
            from proposees where territoire <> 'DISTANCE' group by code, formation
        ),
        quartiles as (
            select code, quantile_cont(prix, [0.25, 0.5, 0.75]) as q
            from formations where prix is not null group by code
            having count(*) >= 5 and count(distinct siren) >= 3
        )
        select code, q[1]::decimal(12, 2) as prix_q1, q[2]::decimal(12, 2) as prix_median,
            q[3]::decimal(12, 2) as prix_q3,
            ((q[3] - q[1]) / (q[3] + q[1]))::decimal(5, 4) as dispersion_prix
        from quartiles
        """,
        key=("code",),
    ),
}
