-- One row per dossier: place, modality, hours, price in cents, and the co-financer if any.
with achats as (select * from achats),

conditions as (
    select
        achats.*,
        offres.departement as departement_offre,
        offres.modalite as modalite_offre,
        certifications.jours as jours_usuels,
        certifications.heures as heures_usuelles,
        offres.heures as heures_offre,
        tirage(numero, 10) < certifications.part_distance as a_distance,
        coalesce(
            offres.organisme,
            -- Skewed as the offer is, with other leaders for each certification.
            (
                floor(nb_organismes() * power(tirage(numero, 11), 2.2))::integer
                + achats.certification * 97
            ) % nb_organismes()
        ) as organisme,
        facteurs.facteur * coalesce(
            offres.prix,
            certifications.prix * exp(certifications.dispersion * gauss(numero, 12))
        ) as prix_brut,
    from achats
    inner join certifications on achats.certification = certifications.certification
    inner join facteurs
        on achats.annee_connue = facteurs.annee
        and certifications.exception = facteurs.exception
    left join offres on achats.offre = offres.offre
),

places as (
    select
        * exclude (prix_brut, departement_offre, modalite_offre),
        case
            when offre is not null then departement_offre
            when a_distance then -1
            when tirage(numero, 13) < 0.8 then departement
            else floor(tirage(numero, 14) * 96)
        end::smallint as lieu,
        case
            when offre is not null then modalite_offre
            when a_distance then 2
            when tirage(numero, 15) < 0.12 then 1
            else 0
        end::tinyint as modalite,
        -- Whole tens mostly, now and then with their cents.
        greatest(
            case when tirage(numero, 16) < 0.8 then round(prix_brut / 1000) * 1000
            else round(prix_brut / 10) * 10 end, 3000
        )::integer as prix,
        case
            when tirage(numero, 17) < taux_heures_vides() then null
            when heures_offre > 0 then heures_offre
            else greatest(round(heures_usuelles * exp(0.25 * gauss(numero, 18)) * 2) / 2, 1)
        end::decimal(8, 1) as heures,
    from conditions
)

select * from places
