-- A row that told euros or hours in the version before falls silent of them only if enough persons changed them: what
-- was told of nobody's changes, or of few, is still so, and totals cannot count on its silence.
with

familles as (

    select
        recomptes.num_famille,
        bool_or(nouvelles.duree_moyenne is not null) as duree_dite,
        bool_or(nouvelles.montant_engage is not null) as montant_dit
    from nouvelles
    inner join recomptes on nouvelles.num_ligne = recomptes.num_ligne
    group by recomptes.num_famille

),

changes as (

    select
        num_famille,
        count_if(heures <> 0) as nb_heures,
        count_if(montant_engage <> 0) as nb_montant
    from changements
    group by num_famille

)

select
    count_if(avant.duree_moyenne is not null) + count_if(avant.montant_engage is not null) as examines,
    count_if(avant.duree_moyenne is not null and not familles.duree_dite and coalesce(changes.nb_heures, 0) < {{ seuil }})
    + count_if(avant.montant_engage is not null and not familles.montant_dit and coalesce(changes.nb_montant, 0) < {{ seuil }})
    as anomalies
from familles
inner join {{ lignes_avant }} as avant on familles.num_famille = avant.num_ligne
left join changes on familles.num_famille = changes.num_famille
