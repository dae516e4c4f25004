-- Of each cell: whether the file tells it as it is, and how many persons telling it would expose: of one that
-- keeps an older value, those who have changed.
select
    cellules_totaux.numero::bigint as numero,
    est_connue,
    {%- if suit %}
    if(
        not est_connue and diffusion = 'publie',
        -- (an older change, of which nothing is left here, is somebody's)
        greatest(coalesce(evolutions.nb_exposes, 0), 1),
        coalesce(exposes_totaux.nb_exposes, if(nb_non_dits > {{ seuil }} * {{ au_plus }}, nb_non_dits // {{ au_plus }}, 0))
    )::double as exposes
    {%- else %}
    coalesce(exposes_totaux.nb_exposes, if(nb_non_dits > {{ seuil }} * {{ au_plus }}, nb_non_dits // {{ au_plus }}, 0))::double as exposes
    {%- endif %}
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
{%- if suit %}
left join evolutions on cellules_totaux.numero = evolutions.numero
{%- endif %}
order by cellules_totaux.numero
