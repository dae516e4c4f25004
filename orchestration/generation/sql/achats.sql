-- One row per dossier: what is bought, from whom, where and how.
with personnes as (select * from personnes),

profils as (
    select
        personnes.*,
        repartition_departement.departement,
        least(annee, derniere_annee())::integer as annee_connue,
        floor(tirage(numero, 5) * 4096)::integer as tranche,
        case when femme then 0 else 4 end
        + case when annees < 25 then 0 when annees < 40 then 1 when annees < 50 then 2 else 3 end
            as profil,
    from personnes
    inner join repartition_departement
        on personnes.tranche_departement = repartition_departement.tranche
),

choisis as (
    select
        profils.* exclude (tranche_departement),
        -- A power of a uniform draw is a Zipf rank: the k-th certification sells as 1/k.
        premiere + floor(power(nombre + 1, tirage(numero, 6)))::integer - 1 as certification,
    from profils
    inner join repartition_segment
        on profils.annee_connue = repartition_segment.annee
        and profils.profil = repartition_segment.profil
        and profils.tranche = repartition_segment.tranche
),

vus as (
    select
        choisis.*,
        tirage(numero, 7) < part_dans_offre as dans_offre,
        tirage(numero, 8) < 0.7 and offres_locales.premiere is not null as pres_de_chez_soi,
        offres_locales.premiere as premiere_locale,
        offres_locales.nombre as nombre_local,
        offres_nationales.premiere as premiere_nationale,
        offres_nationales.nombre as nombre_national,
    from choisis
    left join offres_locales
        on choisis.certification = offres_locales.certification
        and choisis.departement = offres_locales.departement
    left join offres_nationales on choisis.certification = offres_nationales.certification
)

select
    * exclude (premiere_locale, nombre_local, premiere_nationale, nombre_national),
    case
        when not dans_offre then null
        when pres_de_chez_soi then premiere_locale + floor(tirage(numero, 9) * nombre_local)
        else premiere_nationale + floor(tirage(numero, 9) * nombre_national)
    end::integer as offre,
from vus
