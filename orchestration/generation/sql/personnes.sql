-- One row per dossier: who buys, and when. A titulaire's draws depend on his number only, so that
-- all his dossiers agree; his dossiers are spread over the following months by the lag.
with numeros as (select * from numeros),

rattaches as (
    select
        numero,
        mois,
        annee,
        debut + floor(tirage(numero, 0) * jours)::integer as validation,
        part_annulee,
        part_demandeur_emploi,
        part_dans_offre,
        -- 1.15 numbers per dossier, 4 % of immediate repeats: 1.5 dossiers per titulaire in the end.
        abs(
            floor(numero * 1.15)::bigint
            - case
                when tirage(numero, 1) < 0.04 then floor(tirage(numero, 2) * 3)
                else floor(-ln(1 - tirage(numero, 2)) * lag_moyen)
            end::bigint
        ) as titulaire,
        jours_par_titulaire,
    from numeros
),

nes as (
    select
        *,
        tirage(titulaire, 40) < part_femmes() as femme,
        floor(tirage(titulaire, 43) * 8192)::integer as tranche_departement,
        floor(tirage(titulaire, 44) * 430)::integer as commune,
        tirage(titulaire, 45) as tirage_csp,
        tirage(titulaire, 41) as tirage_age,
        date '2019-10-01'
        + (titulaire * jours_par_titulaire)::integer
        - (365.25 * age(tirage(titulaire, 41), tirage(titulaire, 42)))::integer as naissance,
    from rattaches
),

situes as (
    select
        * exclude (tirage_age, jours_par_titulaire),
        (validation - naissance) / 365.25 as annees,
        case
            when tirage(numero, 3) < taux_situation_vide() then 0
            when tirage(numero, 4) < part_demandeur_emploi then 1
            when tirage(numero, 4) < part_demandeur_emploi + 0.07 then 3
            else 2
        end as situation,
    from nes
)

select * from situes
