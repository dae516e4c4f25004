with

lus as (

    select * from {{ ref('int_chiffres__lus') }}

),

regions as (

    select * from {{ ref('regions') }}

),

entiers as (

    select * from {{ ref('territoires') }}

),

reglements as (

    select * from {{ ref('ruptures') }}

),

ruptures as (

    select
        lus.chiffre,
        lus.periode,
        lus.perimetre,
        string_agg(reglements.libelle, ' ; ' order by reglements.date, reglements.libelle) as ruptures
    from lus
    inner join reglements
        on
            reglements.date between lus.debut - interval 12 month and lus.fin
            and regexp_matches(
                reglements.tableaux,
                case
                    when lus.est_un_stock then 'offre'
                    when lus.jeu_source like '%engagees%' then 'achats|chiffres'
                    else 'usagers|chiffres'
                end
            )
    group by all

),

cumules as (

    select
        *,
        month(debut) + mois - 1 as mois_ecoules,
        sum(valeur) over annee as cumul,
        sum(mois) over annee as mois_cumules,
        sum(valeur) over douze as douze_mois,
        sum(mois) over douze as mois_des_douze
    from lus
    window
        annee as (partition by chiffre, perimetre, grain, year(debut) order by debut),
        douze as (
            partition by chiffre, perimetre, grain order by debut
            range between interval 11 month preceding and current row
        )

),

-- A sum with a hole is none.
entieres as (

    select
        * replace (
            case
                when est_additif and grain <> 'annee' and mois_cumules = mois_ecoules then cumul
            end as cumul,
            case
                when est_additif and grain <> 'annee' and mois_des_douze = 12 then douze_mois
            end as douze_mois
        )
    from cumules

),

chiffres_cles as (

    select
        -- what, when, where
        apres.chiffre,
        apres.libelle,
        apres.definition,
        apres.unite,
        apres.grain,
        apres.periode,
        apres.perimetre,
        coalesce(regions.nom, entiers.nom) as nom_perimetre,

        -- value
        cast(apres.valeur as decimal(20, 4)) as valeur,
        apres.effectif,
        cast(apres.part_non_ventilee as decimal(5, 4)) as part_non_ventilee,
        {{ oui_ou_non('apres.est_provisoire') }} as provisoire,

        -- over time
        cast(avant.valeur as decimal(20, 4)) as valeur_un_an_avant,
        cast(
            case when apres.unite <> 'part' then 100 * (apres.valeur / nullif(avant.valeur, 0) - 1) end
            as decimal(12, 1)
        ) as evolution_pourcentage,
        cast(
            case when apres.unite = 'part' then 100 * (apres.valeur - avant.valeur) end as decimal(8, 2)
        ) as ecart_points,
        cast(apres.cumul as decimal(20, 4)) as cumul,
        cast(avant.cumul as decimal(20, 4)) as cumul_un_an_avant,
        cast(100 * (apres.cumul / nullif(avant.cumul, 0) - 1) as decimal(12, 1))
            as evolution_cumul_pourcentage,
        cast(apres.douze_mois as decimal(20, 4)) as douze_mois,
        cast(avant.douze_mois as decimal(20, 4)) as douze_mois_un_an_avant,
        ruptures.ruptures,

        -- where it comes from
        apres.jeu_source,
        apres.version_source,
        apres.requete

    from entieres as apres
    left join entieres as avant
        on
            apres.chiffre = avant.chiffre
            and apres.perimetre = avant.perimetre
            and apres.grain = avant.grain
            and apres.debut = avant.debut + interval 12 month
    left join ruptures
        on
            apres.chiffre = ruptures.chiffre
            and apres.periode = ruptures.periode
            and apres.perimetre = ruptures.perimetre
    left join regions on apres.perimetre = 'REG-' || regions.code
    left join entiers on apres.perimetre = entiers.territoire

)

select * from chiffres_cles
