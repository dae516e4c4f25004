{#-
  Nothing is lost between dossiers and published rows, neither a dossier nor a cent: the rows of the
  version before, with what came in and without what went out.

  (An empty mart is right when the whole population is below the threshold. Of a financer of very few
  dossiers, here or among those that another dataset counts besides, a part may stay among the amounts
  whose financer is not told, with a part of one or two others that hide it: the CHECK of the contract says
  that each row adds up.)
-#}
{% test totaux_conserves(model, jeu) %}
{%- set entrants = modele('entrants', jeu) -%}
{%- set sortants = modele('sortants', jeu) -%}
{%- set seuil = var('diffusion')[jeu].seuil -%}
{%- set totaux = ['montant_engage'] + tous_les_montants() -%}
{%- set avant = registre('lignes', jeu) -%}
with

entres as (

    select
        count(*) as nb_dossiers,
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        count(*) filter (where {{ total }} <> 0) as finances_{{ total }},
        {%- endfor %}
        count(distinct titulaire) as nb_titulaires

    from {{ entrants }}

),

sortis as (

    select
        count(*) as nb_dossiers,
        coalesce(sum(montant_engage), 0) as montant_engage

    from {{ sortants }}

),

{% if avant -%}
avant as (

    select
        sum(nb_dossiers) as nb_dossiers,
        sum(montant_engage) as montant_engage

    from {{ avant }}

),

{% endif -%}
lignes as (

    select
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        {%- endfor %}
        coalesce(sum(nb_dossiers), 0) as nb_dossiers

    from {{ model }}

)

{% if avant -%}
select lignes.*
from lignes
cross join entres
cross join sortis
cross join avant
where
    -- Too few persons wait for the next version.
    entres.nb_titulaires >= {{ seuil }}
    and (
        lignes.nb_dossiers <> avant.nb_dossiers + entres.nb_dossiers - sortis.nb_dossiers
        or lignes.montant_engage <> avant.montant_engage + entres.montant_engage - sortis.montant_engage
    )
{%- else -%}
select lignes.*
from lignes
cross join entres
where
    entres.nb_titulaires >= {{ seuil }}
    and (
        lignes.nb_dossiers <> entres.nb_dossiers
        or lignes.montant_engage <> entres.montant_engage
        {%- for total in montants_finances() %}
        or lignes.{{ total }} > entres.{{ total }}
        {%- endfor %}
        or (
            {%- for total in montants_finances() %}
            {{ '+ ' if not loop.first }}(lignes.{{ total }} <> entres.{{ total }} and entres.finances_{{ total }} >= {{ 10 * seuil }})::integer
            {%- endfor %}
        ) > 2
    )
{%- endif -%}
{% endtest %}
