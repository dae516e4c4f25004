-- Of each cell, by figure: whether the file tells it as it is, and how many persons telling it would expose: of
-- one that keeps an older value, those who have changed.
select
    cellules_totaux.numero::bigint as numero,
    {%- for chiffre, dit in {"dossiers": "dossiers_dits", "montant": "montant_dit", "heures": "duree_dite"}.items() %}
    coalesce({{ chiffre }}_egaux, false) as {{ chiffre }}_connus,
    {%- if suit %}
    if(
        {{ dit }} is not null and not coalesce({{ chiffre }}_egaux, false),
        -- (an older change, of which nothing is left here, is somebody's)
        greatest(coalesce(evolutions.nb_{{ chiffre }}, 0), 1),
        coalesce(exposes_totaux.nb_{{ chiffre }}, if(nb_{{ chiffre }}_non_dits > {{ seuil }} * {{ au_plus }}, nb_{{ chiffre }}_non_dits // {{ au_plus }}, 0))
    )::double as {{ chiffre }}_exposes{{ ',' if not loop.last }}
    {%- else %}
    coalesce(exposes_totaux.nb_{{ chiffre }}, if(nb_{{ chiffre }}_non_dits > {{ seuil }} * {{ au_plus }}, nb_{{ chiffre }}_non_dits // {{ au_plus }}, 0))::double as {{ chiffre }}_exposes{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
{%- if suit %}
left join evolutions on cellules_totaux.numero = evolutions.numero
{%- endif %}
order by cellules_totaux.numero
