-- What a row puts together is told by its remainder: enough persons have a part of it, none makes most of it,
-- and it is not that of one financer alone that may not be told.
{%- set parts = ['montant_personne'] + montants[2:] %}
with

restes as (

    select
        tus.num_ligne,
        any_value(nouvelles.montant_non_ventile) as publie,
        any_value(nouvelles.edition) as edition,
        sum(cents)::bigint as total,
        count_if(cents <> 0) as contributeurs,
        max(cents) as maximum,
        {% for part in parts %}bool_or(a_{{ part }})::integer{{ ' + ' if not loop.last }}{% endfor %} as financeurs
    from tus
    inner join nouvelles using (num_ligne)
    group by tus.num_ligne

)

select
    count(*) as examines,
    count_if(
        publie <> total / 100
        or (
            total <> 0
            and (
                contributeurs < {{ seuil }}
                or maximum >= {{ dominance }} * total
                or (financeurs = 1 and edition = 'definitive' and num_ligne in (
                    select num_ligne from dits where publie is null and total <> 0 and chiffre in ('{{ (sensibles + nationaux) | join("', '") }}')
                ))
            )
        )
    ) as anomalies
from restes
