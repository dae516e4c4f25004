-- Of each cell, by figure: whether the file tells it as it is, and how many persons telling it would expose: of
-- one that keeps an older value, those who have changed. A mean that is still so does not tell the hours of
-- dossiers of which one does not know how many they are.
select
    cellules_totaux.numero::bigint as numero,
    nb_dossiers_non_dits::double as non_dits,
    -- a secret cell shows that there is a dossier, which rows may not tell
    (coalesce(diffusion = 'secret', false) and nb_dossiers_non_dits >= cellules_totaux.nb_dossiers)::double as au_moins,
    {%- for chiffre, dit in {"dossiers": "dossiers_dits", "montant": "montant_dit", "heures": "duree_dite"}.items() %}
    {%- set est_su = "coalesce(" ~ chiffre ~ "_egaux" ~ (" and (dossiers_egaux or coalesce(evolutions.nb_heures, 0) = 0)" if suit and chiffre == "heures" else "") ~ ", false)" %}
    {{ est_su }} as {{ chiffre }}_connus,
    {%- if suit %}
    if(
        {{ dit }} is not null and not {{ est_su }},
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
