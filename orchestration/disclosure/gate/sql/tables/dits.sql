-- Each figure that a new row tells beside its persons and dossiers.
select
    nouvelles.num_ligne,
    unnest([
        {% for chiffre in ['montant_engage', 'montant_personne'] + montants -%}
        struct_pack(
            chiffre := '{{ chiffre }}',
            publie := (100 * nouvelles.{{ chiffre }})::bigint,
            total := recomptes.{{ chiffre }},
            contributeurs := recomptes.contributeurs_{{ chiffre }},
            maximum := recomptes.maximum_{{ chiffre }},
            personnes := recomptes.nb_titulaires
        ){{ ',' if not loop.last }}
        {% endfor %}
    ], recursive := true)
from nouvelles
inner join recomptes using (num_ligne)
