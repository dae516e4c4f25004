-- Of each cell of `lues`, by figure: how many persons are left, and whether these are too few.
select
    numero,
    {%- for chiffre in ["dossiers", "heures", "montant"] %}
    count_if({{ chiffre }} <> 0) as nb_{{ chiffre }},
    count_if({{ chiffre }} <> 0) > 0
    and (
        count_if({{ chiffre }} <> 0) < {{ seuil }}
        {%- if chiffre != "dossiers" %}
        or max(abs({{ chiffre }})) >= {{ dominance }} * sum(abs({{ chiffre }}))::double
        {%- endif %}
    ) as trop_peu_{{ chiffre }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ lues }}
group by numero
