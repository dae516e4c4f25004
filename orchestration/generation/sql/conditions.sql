-- One row per dossier: from whom, where, how long and at what price (in cents).
with achats as (select * from achats),

vendus as (
    select
        achats.* exclude (annee_connue),
        offres.departement as lieu_offre,
        offres.modalite as modalite_offre,
        offres.heures as heures_offre,
        certifications.jours as jours_usuels,
        certifications.heures as heures_usuelles,
        tirage(numero, 10) < certifications.part_distance as a_distance,
        -- Skewed as the offer is, with other leaders for each certification.
        (
            floor(nb_organismes() * power(tirage(numero, 11), 2.2))::integer
            + achats.certification * 97
        ) % nb_organismes() as autre_organisme,
        offres.organisme as organisme_offre,
        facteurs.facteur * coalesce(
            offres.prix,
            certifications.prix * exp(certifications.dispersion * gauss(numero, 12))
        ) as prix_exact
    from achats
    inner join certifications on achats.certification = certifications.certification
    inner join facteurs
        on achats.annee_connue = facteurs.annee and certifications.exception = facteurs.exception
    left join offres on achats.offre = offres.offre
),

places as (
    select
        * exclude (prix_exact, lieu_offre, modalite_offre, organisme_offre, autre_organisme),
        coalesce(organisme_offre, autre_organisme) as organisme,
        case
            when offre is not null then lieu_offre
            when a_distance then -1
            when tirage(numero, 13) < 0.85 then departement
            else floor(tirage(numero, 14) * 96)
        end::smallint as lieu,
        case
            when offre is not null then modalite_offre
            when a_distance then 2
            else (tirage(numero, 15) < 0.12)::integer
        end::tinyint as modalite,
        -- Whole tens of euros mostly, now and then with their cents; 30 € at least.
        greatest(3000, round(prix_exact, case when tirage(numero, 16) < 0.8 then -3 else -1 end))
        ::integer as prix,
        case
            when tirage(numero, 17) < taux_heures_vides() then null
            when heures_offre > 0 then heures_offre
            else greatest(round(heures_usuelles * exp(0.25 * gauss(numero, 18)) * 2) / 2, 1)
        end::decimal(8, 1) as heures
    from vendus
)

select * exclude (heures_offre, heures_usuelles, a_distance) from places
