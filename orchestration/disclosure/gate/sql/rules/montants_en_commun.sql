-- A row tells by financer all that it has, or none: what it told of some would be taken out of totals.
-- What it tells of none is told by its remainder: enough persons have a part of it, none makes most of it.
{%- set financeurs = parts[:-1] %}
with

lignes as (

    select
        nouvelles.num_ligne,
        nouvelles.montant_non_ventile as publie,
        {% for part in financeurs -%}
        nouvelles.{{ part }} is null as tait_{{ part }},
        {% endfor -%}
        {% for part in financeurs -%}
        (nouvelles.{{ part }} is null and recomptes.{{ part }} <> 0)::integer{{ ' + ' if not loop.last }}
        {%- endfor %} as tus,
        coalesce(nouvelles.{{ financeurs | join(', nouvelles.') }}) is not null as en_dit
    from nouvelles
    inner join recomptes on nouvelles.num_ligne = recomptes.num_ligne
    where nouvelles.montant_engage is not null

),

communs as (

    select
        lignes.num_ligne,
        lignes.publie,
        lignes.tus,
        lignes.en_dit,
        personnes.montant_non_ventile as sans_financeur,
        personnes.montant_non_ventile
        {%- for part in financeurs %}
        + if(lignes.tait_{{ part }}, personnes.{{ part }}, 0)
        {%- endfor %} as cents
    from personnes
    inner join lignes on personnes.num_ligne = lignes.num_ligne

),

restes as (

    select
        num_ligne,
        any_value(publie) as publie,
        any_value(en_dit) as en_dit,
        any_value(tus) + bool_or(sans_financeur <> 0)::integer as tus,
        sum(cents)::bigint as total,
        count_if(cents <> 0) as contributeurs,
        max(cents) as maximum
    from communs
    group by num_ligne

)

select
    count(*) as examines,
    count_if(
        publie <> total / 100
        or (en_dit and tus > 0)
        or (total <> 0 and (contributeurs < {{ seuil }} or maximum >= {{ dominance }} * total))
    ) as anomalies
from restes
