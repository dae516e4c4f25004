-- One row per dossier: who buys, and when. A titulaire's draws depend on his number only, so that
-- all his dossiers agree; his dossiers are spread over the following months by the lag.
with numeros as (select * from numeros),

rattaches as (
    select
        * exclude (debut, jours, lag_moyen),
        debut + floor(tirage(numero, 0) * jours)::integer as validation,
        -- 1.4 numbers per dossier, 4 % of immediate repeats: 1.5 dossiers per titulaire in the end.
        floor(numero * 1.4)::bigint as dernier,
        case
            when tirage(numero, 1) < 0.04 then floor(tirage(numero, 2) * 3)::integer
            else delai(numero, 2, lag_moyen)
        end as recul
    from numeros
),

titulaires as (
    select
        * exclude (dernier, recul),
        -- Nobody comes before the first account: early dossiers share the first numbers.
        case when recul <= dernier then dernier - recul else recul % (dernier + 1) end as titulaire
    from rattaches
),

nes as (
    select
        * exclude (jours_par_titulaire),
        tirage(titulaire, 40) < part_femmes() as femme,
        date '2019-10-01'
        + (titulaire * jours_par_titulaire)::integer
        - (365.25 * age(tirage(titulaire, 41), tirage(titulaire, 42)))::integer as naissance,
        floor(tirage(titulaire, 43) * 8192)::integer as tranche_departement,
        floor(tirage(titulaire, 44) * 430)::integer as commune,
        tirage(titulaire, 45) as tirage_csp
    from titulaires
),

residents as (
    select
        nes.* exclude (tranche_departement),
        departements.rang as departement,
        (validation - naissance) / 365.25 as annees,
        part_demandeur_emploi * departements.facteur_demandeurs
        * facteur_demandeurs_age((validation - naissance) / 365.25) as part_demandeur
    from nes
    inner join repartition_departement
        on nes.tranche_departement = repartition_departement.tranche
    inner join departements on repartition_departement.departement = departements.rang
),

situes as (
    select
        * exclude (part_demandeur),
        case
            when tirage(numero, 3) < taux_situation_vide() then 0
            when tirage(numero, 4) < part_demandeur then 1
            when tirage(numero, 4) < part_demandeur + 0.07 then 3
            else 2
        end as situation
    from residents
)

select * from situes
