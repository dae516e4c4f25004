-- Of each cell of `lues`: how many persons are left, and whether these are too few.
select
    numero,
    count(*) as nb_exposes,
    count_if(dossiers <> 0) between 1 and {{ seuil - 1 }}
    {%- for chiffre in ["heures", "montant_engage"] %}
    or (
        count_if({{ chiffre }} <> 0) > 0
        and (count_if({{ chiffre }} <> 0) < {{ seuil }} or max(abs({{ chiffre }})) >= {{ dominance }} * sum(abs({{ chiffre }}))::double)
    )
    {%- endfor %} as est_trop_peu
from {{ lues }}
group by numero
