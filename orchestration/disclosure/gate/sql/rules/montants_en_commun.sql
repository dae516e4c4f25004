-- What a row puts together is told by its remainder: enough persons have a part of it, none makes most of it,
-- and it is not that of one financer alone that may not be told.
with

communs as (

    select
        *,
        (
            {% for part in parts -%}
            {{ part }}{{ ' +' if not loop.last }}
            {% endfor %}
        ) as cents
    from tus

),

restes as (

    select
        num_ligne,
        (
            {% for part in parts -%}
            bool_or({{ part }} <> 0)::integer{{ ' +' if not loop.last }}
            {% endfor %}
        ) as financeurs,
        (
            {% for part in sensibles + nationaux -%}
            bool_or({{ part }} <> 0)::integer{{ ' +' if not loop.last }}
            {% endfor %}
        ) as secrets,
        sum(cents)::bigint as total,
        count_if(cents <> 0) as contributeurs,
        max(cents) as maximum
    from communs
    group by num_ligne

)

select
    count(*) as examines,
    count_if(
        nouvelles.montant_non_ventile <> restes.total / 100
        or restes.contributeurs between 1 and {{ seuil - 1 }}
        or restes.maximum >= {{ dominance }} * nullif(restes.total, 0)
        or (nouvelles.edition = 'definitive' and restes.financeurs = 1 and restes.secrets = 1)
    ) as anomalies
from restes
inner join nouvelles on restes.num_ligne = nouvelles.num_ligne
