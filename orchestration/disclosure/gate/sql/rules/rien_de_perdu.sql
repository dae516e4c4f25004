-- Dossiers and euros of all rows are those of all attached dossiers, unless all too few. Where a version
-- follows another, its rows add up with those of before: only what enters is compared.
select
    nb_rattaches as examines,
    if(
        nb_titulaires < {{ seuil }} and nb_publies = 0,
        0,
        abs(nb_rattaches - nb_publies) + (cents_rattaches <> cents_publies)::integer
    ) as anomalies
from (
    select
        count(*) as nb_rattaches,
        count(distinct titulaire) as nb_titulaires,
        coalesce(sum(engage), 0) as cents_rattaches
    from dossiers
)
cross join (
    select
        coalesce(sum(nb_dossiers), 0) as nb_publies,
        coalesce(sum((100 * montant_engage)::bigint), 0) as cents_publies
    from {{ tables.diffusion if est_premiere else tables.partition }}
)
