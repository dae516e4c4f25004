-- A cohort has one edition. It is published once it has ended, and definitive only so many months later; a
-- provisional row tells nothing of what will change, nor who finances.
with

jour as (

    select max(date_extraction)::date as livraison
    from {{ tables.depots }}
    where source = 'dossiers'

),

lignes as (

    select
        *,
        count(distinct edition) over (partition by {{ dites | join(', ') }}) as nb_editions,
        {{ debut }} + interval {{ mois }} month - interval 1 day as fin
    from fichier

)

select
    count(*) as examines,
    count_if(
        nb_editions <> 1
        or fin > valeur_du
        or valeur_du > jour.livraison
        or edition not in ('provisoire', 'definitive')
        or (edition = 'definitive' and fin + interval {{ mois_avant_definitif }} month > jour.livraison)
        or (
            edition = 'provisoire'
            and (
                niveau_diffusion = 1
                {%- for colonne in fines %}
                or {{ colonne }} <> 'REGROUPE'
                {%- endfor %}
                {%- for montant in ['montant_personne'] + montants if montant != 'montant_non_ventile' %}
                or {{ montant }} is not null
                {%- endfor %}
            )
        )
    ) as anomalies
from lignes
cross join jour
