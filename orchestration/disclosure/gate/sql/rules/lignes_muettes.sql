-- A row that told euros or hours in the version before falls silent of them only if enough persons changed
-- them: else what it told is still so, or nearly, and totals cannot count on its silence.
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
    coalesce(sum(disait_duree::integer + disait_montant::integer), 0) as examines,
    coalesce(sum(
        (disait_duree and not duree_dite and nb_heures < {{ seuil }})::integer
        + (disait_montant and not montant_dit and nb_montant < {{ seuil }})::integer
    ), 0) as anomalies
from (
    select
        familles.duree_dite,
        familles.montant_dit,
        avant.duree_moyenne is not null as disait_duree,
        avant.montant_engage is not null as disait_montant,
        coalesce(changes.nb_heures, 0) as nb_heures,
        coalesce(changes.nb_montant, 0) as nb_montant
    from familles
    inner join {{ lignes_avant }} as avant on familles.num_famille = avant.num_ligne
    left join changes on familles.num_famille = changes.num_famille
)
