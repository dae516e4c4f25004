-- By row: sums, who has a part of each, and the largest part.
select
    num_ligne,
    any_value(num_famille) as num_famille,
    {% for chiffre in chiffres -%}
    sum({{ chiffre }})::bigint as {{ chiffre }},
    count_if({{ chiffre }} <> 0) as contributeurs_{{ chiffre }},
    max({{ chiffre }}) as maximum_{{ chiffre }},
    {% endfor -%}
    sum(nb_dossiers)::bigint as nb_dossiers,
    count(*) as nb_titulaires,
    sum(nb_dossiers_avec_duree)::bigint as nb_dossiers_avec_duree
from personnes
group by num_ligne
