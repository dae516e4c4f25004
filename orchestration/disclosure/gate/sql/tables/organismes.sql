-- By row: how many training bodies have a part of each amount, and the largest part.
select
    {% for chiffre in dicibles -%}
    count_if({{ chiffre }} <> 0) as nombre_{{ chiffre }},
    max({{ chiffre }}) as maximum_{{ chiffre }},
    {% endfor -%}
    num_ligne
from (
    select
        num_ligne,
        siren_of,
        {% for montant in montants -%}
        sum({{ montant }})::bigint as {{ montant }},
        {% endfor -%}
        sum(montant_titulaire + montant_reste_a_charge)::bigint as montant_personne,
        sum(montant_engage)::bigint as montant_engage
    from membres
    group by num_ligne, siren_of
)
group by num_ligne
