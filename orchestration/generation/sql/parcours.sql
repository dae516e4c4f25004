-- One row per dossier: its life, from the validation to its last status. Dates are those of events;
-- statuses are numbered as in the table statuts.
with paiements as (select * from paiements),

dates as (
    select
        *,
        validation + 4 + floor(-ln(1 - tirage(numero, 24)) * 11)::integer as entree,
        floor(jours_usuels * exp(0.4 * gauss(numero, 25)))::integer as duree,
        -- Most bodies declare within days, one in eight months later.
        case
            when tirage(numero, 27) < 0.87 then 1 + floor(-ln(1 - tirage(numero, 28)) * 6)
            else 20 + floor(-ln(1 - tirage(numero, 28)) * 150)
        end::integer as delai_cloture,
        tirage(numero, 29) < part_annulee as annule,
        tirage(numero, 30) as tirage_fin,
    from paiements
),

fins as (
    select
        * exclude (
            mois, annee, annee_connue, part_annulee, part_demandeur_emploi, part_dans_offre,
            annees, profil, tranche, jours_usuels, heures_usuelles, heures_offre, a_distance,
            dans_offre, pres_de_chez_soi, duree, delai_cloture, annule, tirage_fin
        ),
        entree + duree as sortie,
        case
            when annule then validation + 1 + floor(-ln(1 - tirage(numero, 31)) * 14)::integer
            when tirage_fin < 0.015 then null
            else entree + duree + delai_cloture
        end as fin,
        case
            when annule and tirage_fin < 0.52 then 6
            when annule and tirage_fin < 0.82 then 7
            when annule and tirage_fin < 0.93 then 8
            when annule then 9
            when tirage_fin < 0.11 then 5
            else 4
        end::tinyint as statut_final,
        -- Controls after the fact: a closed dossier is cancelled more than half a year later.
        case
            when not annule and tirage(numero, 32) < 0.004
                then entree + duree + delai_cloture + 200 + floor(tirage(numero, 33) * 400)::integer
        end as annulation_tardive,
        date_diff('month', date '2020-01-01', validation)::smallint as mois_validation,
    from dates
)

select * from fins
