{#-
  The rows of a partition, told again from their cells by another way than the macro that made them:
  every cell is in one row, dossiers add up, and who knows the rules is left, for each small cell that
  a row hides, with an interval wide enough.
-#}
{% test partition_sure(model, jeu) %}
{%- set seuil = var('diffusion')[jeu].seuil -%}
{%- set largeur = [var('secret').largeur_minimale, seuil - 1] | min -%}

with

cellules as (

    select
        numeros[1] as numero,
        nb_titulaires,
        nb_dossiers
    from {{ modele('cellules', jeu) }}

),

appartenances as (

    select
        num_ligne,
        niveau_diffusion,
        nb_dossiers as nb_dossiers_ligne,
        unnest(numeros) as numero
    from {{ model }}

),

lignes as (

    select
        appartenances.num_ligne,
        any_value(appartenances.niveau_diffusion) as niveau_diffusion,
        any_value(appartenances.nb_dossiers_ligne) - sum(cellules.nb_dossiers) as ecart,
        count(*) as nb_cellules,
        count_if(cellules.nb_titulaires < {{ seuil }}) as nb_petites,
        sum(cellules.nb_titulaires) as somme

    from appartenances
    inner join cellules on appartenances.numero = cellules.numero
    group by appartenances.num_ligne

),

intervalles as (

    select
        *,
        nb_cellules - nb_petites as nb_grandes,
        -- The others as large as they may be: without bound as soon as one is large.
        if(nb_grandes > 0, 0, greatest(0, somme - (nb_petites - 1) * {{ seuil - 1 }})) as bas,
        least({{ seuil - 1 }}, somme - nb_grandes * {{ seuil }}) as haut

    from lignes

)

select
    'ligne' as objet,
    num_ligne as numero
from intervalles
where
    ecart <> 0
    or (niveau_diffusion = 1 and (nb_cellules <> 1 or nb_petites > 0))
    or (nb_petites > 0 and (nb_cellules < 2 or haut - bas < {{ largeur }}))

union all

select
    'cellule' as objet,
    cellules.numero
from cellules
left join appartenances on cellules.numero = appartenances.numero
where (select count(*) from appartenances) > 0
group by cellules.numero
having count(appartenances.num_ligne) <> 1

{% endtest %}
