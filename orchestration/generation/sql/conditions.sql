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
        certifications.abandon,
        tirage(numero, 10) < certifications.part_distance * facteur_distance as a_distance,
        tirage(numero, 37) < part_generalistes() as generaliste,
        certifications.premier_organisme,
        certifications.nombre_organismes,
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

vendeurs as (
    select
        * exclude (generaliste, premier_organisme, nombre_organismes),
        case when generaliste then premier_generaliste() else premier_organisme end as premier,
        case when generaliste then nb_generalistes() else nombre_organismes end as nombre
    from vendus
),

places as (
    select
        vendeurs.* exclude (
            prix_exact, lieu_offre, modalite_offre, organisme_offre, premier, nombre, departement
        ),
        vendeurs.departement,
        -- Skewed as the offer is, with other leaders for each certification.
        coalesce(
            organisme_offre,
            premier
            + (floor(nombre * power(tirage(numero, 11), 2.2))::integer + certification * 97) % nombre
        ) as organisme,
        case
            when offre is not null then lieu_offre
            when a_distance then -1
            when tirage(numero, 13) < 0.85 then vendeurs.departement
            else ailleurs.departement
        end::smallint as lieu,
        case
            when offre is not null then modalite_offre
            when a_distance then 2
            else (tirage(numero, 15) < 0.12)::integer
        end::tinyint as modalite,
        -- All who buy a training in a year pay the same.
        prix_affiche(
            prix_exact, tirage(case when offre is null then numero else 300000000 + offre end, 16)
        ) as prix,
        case
            when tirage(numero, 17) < taux_heures_vides() then null
            when heures_offre > 0 then heures_offre
            else greatest(round(heures_usuelles * exp(0.25 * gauss(numero, 18)) * 2) / 2, 1)
        end::decimal(8, 1) as heures
    from vendeurs
    inner join repartition_departement as ailleurs
        on floor(tirage(numero, 14) * 8192)::integer = ailleurs.tranche
)

select * exclude (heures_offre, heures_usuelles, a_distance) from places
