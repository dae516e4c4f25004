-- One row per dossier: which certification is bought, and which training when it is still offered.
with personnes as (select * from personnes),

profils as (
    select
        *,
        least(annee, derniere_annee())::integer as annee_connue,
        floor(tirage(numero, 5) * 4096)::integer as tranche,
        case when femme then 0 else 4 end
        + case when annees < 25 then 0 when annees < 40 then 1 when annees < 50 then 2 else 3 end
            as profil
    from personnes
),

choisis as (
    select
        profils.* exclude (annee_connue, profil, tranche),
        profils.annee_connue,
        -- A power of a uniform draw is a Zipf rank: the k-th certification sells as 1/k.
        premiere + floor(power(nombre + 1, tirage(numero, 6)))::integer - 1 as certification
    from profils
    inner join repartition_segment
        on
            profils.annee_connue = repartition_segment.annee
            and profils.profil = repartition_segment.profil
            and profils.tranche = repartition_segment.tranche
),

references_offre as (
    select
        choisis.* exclude (part_dans_offre),
        case
            when tirage(numero, 7) >= part_dans_offre then null
            -- Near one's home when somebody offers it there.
            when tirage(numero, 8) < 0.7 and offres_locales.premiere is not null
                then offres_locales.premiere + floor(tirage(numero, 9) * offres_locales.nombre)
            else offres_nationales.premiere + floor(tirage(numero, 9) * offres_nationales.nombre)
        end::integer as offre
    from choisis
    left join offres_locales
        on
            choisis.certification = offres_locales.certification
            and choisis.departement = offres_locales.departement
    left join offres_nationales on choisis.certification = offres_nationales.certification
)

select * from references_offre
