-- Each figure that a new row tells beside its persons and dossiers.
select
    nouvelles.num_ligne,
    unnest([
        {% for chiffre in dicibles -%}
        struct_pack(
            chiffre := '{{ chiffre }}',
            publie := (100 * nouvelles.{{ chiffre }})::bigint,
            total := recomptes.{{ chiffre }},
            contributeurs := recomptes.contributeurs_{{ chiffre }},
            maximum := recomptes.maximum_{{ chiffre }},
            personnes := recomptes.nb_titulaires,
            organismes := organismes.nombre_{{ chiffre }},
            maximum_organisme := organismes.maximum_{{ chiffre }}
        ){{ ',' if not loop.last }}
        {% endfor %}
    ], recursive := true)
from nouvelles
inner join recomptes using (num_ligne)
inner join organismes using (num_ligne)
