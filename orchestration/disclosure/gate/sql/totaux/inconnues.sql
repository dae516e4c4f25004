-- Of each cell, by figure: whether the file tells it as it is, and how many persons telling it would expose: of
-- one that keeps an older value, those who have changed: one that is still so by chance is not known to be. A mean
-- that is still so does not tell the hours of dossiers of which one does not know how many they are. What changed
-- (`change`): how many persons, and whether that is known, which it is where the file told it before, or told nobody,
-- and tells it now.
{%- set est_dite = "if(se_dit, not est_gardee, etait_a_jour)" %}
select
    cellules_totaux.numero::bigint as numero,
    nb_dossiers_non_dits::double as non_dits,
    -- a secret cell shows that there is a dossier, which rows may not tell
    (coalesce(diffusion = 'secret', false) and nb_dossiers_non_dits >= cellules_totaux.nb_dossiers)::double as au_moins,
    {%- for chiffre, dit in {"dossiers": "dossiers_dits", "montant": "montant_dit", "heures": "duree_dite"}.items() %}
    {%- set est_su = chiffre ~ "_egaux" %}
    {%- if suit %}
    {%- set a_change = "coalesce(evolutions.nb_" ~ chiffre ~ ", 0) > 0" %}
    {%- set est_su = est_su ~ " and (" ~ est_dite ~ " or not " ~ a_change ~ ")" %}
    {%- if chiffre == "heures" %}
    {%- set est_su = est_su ~ " and (dossiers_egaux or not " ~ a_change ~ ")" %}
    {%- endif %}
    {%- endif %}
    {%- set est_su = "est_absente or coalesce(" ~ est_su ~ ", false)" %}
    ({{ est_su }}) as {{ chiffre }}_connus,
    ({{ {"heures": "duree"}.get(chiffre, "dossiers") }}_avant is not null) as {{ chiffre }}_dits_avant,
    {%- if suit %}
    if(
        {{ dit }} is not null and not ({{ est_su }}),
        -- (older changes, of which nothing is left here, are somebody's)
        greatest(coalesce(evolutions.nb_{{ chiffre }}, 0), abs(titulaires_dits - titulaires), 1),
        coalesce(exposes_totaux.nb_{{ chiffre }}, if(nb_{{ chiffre }}_non_dits > {{ seuil }} * {{ au_plus }}, nb_{{ chiffre }}_non_dits // {{ au_plus }}, 0))
    )::double as {{ chiffre }}_exposes
    {%- else %}
    coalesce(exposes_totaux.nb_{{ chiffre }}, if(nb_{{ chiffre }}_non_dits > {{ seuil }} * {{ au_plus }}, nb_{{ chiffre }}_non_dits // {{ au_plus }}, 0))::double as {{ chiffre }}_exposes
    {%- endif %}
    {%- if suit %},
    coalesce(evolutions.nb_{{ chiffre }}, 0)::double as {{ chiffre }}_change_exposes,
    ({{ est_su }})
    and {{ est_dite }}
    and not if(se_dit, etait_la and not etait_a_jour, coalesce(not fut_a_jour, false)) as {{ chiffre }}_change_connus
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from cellules_totaux
left join exposes_totaux on cellules_totaux.numero = exposes_totaux.numero
{%- if suit %}
left join evolutions on cellules_totaux.numero = evolutions.numero
{%- endif %}
where est_en_vue
order by cellules_totaux.numero
