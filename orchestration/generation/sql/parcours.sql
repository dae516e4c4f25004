-- One row per dossier: its life, from the validation to its last status (numbered as in the table
-- statuts). Dates are those of the events.
with paiements as (select * from paiements),

dates as (
    select
        * exclude (annee, annees, part_annulee, part_demandeur_emploi, jours_usuels, facteur_distance),
        -- Remote trainings are left more often than others; so are those of some domains.
        abandon * case when modalite = 2 then 1.35 else 0.88 end as risque,
        tirage(numero, 29) < part_annulee * risque as annule,
        tirage(numero, 30) as tirage_fin,
        validation + 2 + delai(numero, 24, 7) as entree,
        floor(jours_usuels * exp(0.4 * gauss(numero, 25)))::integer as duree,
        -- Most bodies declare within days, one in eight months later.
        case
            when tirage(numero, 27) < 0.87 then 1 + delai(numero, 28, 3)
            else 20 + delai(numero, 28, 150)
        end as delai_cloture
    from paiements
),

fins as (
    select
        *,
        entree + duree as sortie,
        case
            when annule then validation + 2 + delai(numero, 31, 10)
            when tirage_fin >= 0.02 then entree + duree + delai_cloture + 1
        end as fin,
        case
            when annule and tirage_fin < 0.52 then 6
            when annule and tirage_fin < 0.82 then 7
            when annule and tirage_fin < 0.93 then 8
            when annule then 9
            when tirage_fin < 0.02 + 0.09 * risque then 5
            else 4
        end::tinyint as statut_final
    from dates
),

controles as (
    select
        * exclude (duree, delai_cloture, tirage_fin, risque, abandon),
        -- Controls after the fact: a closed dossier is cancelled more than half a year later.
        case
            when not annule and tirage(numero, 32) < 0.004
                then fin + 200 + floor(tirage(numero, 33) * 400)::integer
        end as annulation_tardive
    from fins
)

select * from controles
