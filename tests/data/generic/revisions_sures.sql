{#-
  Two successive versions, compared dossier by dossier by another way than the macros that made them:
  behind every published row that changed, and every amount by financer of it, the persons who came
  are nobody or at least the threshold, and so are those who went; and the figures say just that.
-#}
{% test revisions_sures(model, jeu) %}
{%- set ouverts = modele('ouverts', jeu) -%}
{%- set lots = modele('lots', jeu) -%}
{%- set entrants = modele('entrants', jeu) -%}
{%- set clos = modele('clos', jeu) -%}
{%- set seuil = var('diffusion')[jeu].seuil -%}
{%- set avant = registre('ouverts', jeu) -%}
{%- if not avant -%}
select 1 as num_ligne
where false
{%- else -%}
with

avant as (

    select
        etats.* exclude (num_lot),
        lots.num_ligne
    from {{ avant }} as etats
    inner join {{ registre('lots', jeu) }} as lots using (num_lot)

),

apres as (

    select
        etats.* exclude (num_lot),
        lots.num_ligne
    from {{ ouverts }} as etats
    inner join {{ lots }} as lots using (num_lot)

),

-- Published for good from now on, and where they were.
retires as (

    select clos.id_dossier
    from {{ clos }} as clos
    anti join {{ entrants }} as entrants on clos.id_dossier = entrants.id_dossier

),

partis as (

    select avant.*
    from avant
    left join apres using (id_dossier, num_ligne)
    anti join retires on avant.id_dossier = retires.id_dossier
    where
        apres.id_dossier is null
        or {{ etats_differents('avant', 'apres') }}

),

venus as (

    select apres.*
    from apres
    left join avant using (id_dossier, num_ligne)
    where
        avant.id_dossier is null
        or {{ etats_differents('avant', 'apres') }}

),

departs as (

    select
        num_ligne,
        count(*) as nb_dossiers,
        sum(montant_engage) as montant_engage,
        count(distinct titulaire) as nb_titulaires
        {%- for montant in tous_les_montants() %},
        count(distinct titulaire) filter (where {{ montant }} <> 0) as nb_{{ montant }}
        {%- endfor %}
    from partis
    group by num_ligne

),

arrivees as (

    select
        num_ligne,
        count(*) as nb_dossiers,
        sum(montant_engage) as montant_engage,
        count(distinct titulaire) as nb_titulaires
    from venus
    group by num_ligne

),

lignes as (

    select
        coalesce(lignes.num_ligne, lignes_avant.num_ligne) as num_ligne,
        coalesce(lignes.nb_dossiers, 0) - coalesce(lignes_avant.nb_dossiers, 0) as ecart_dossiers,
        coalesce(lignes.montant_engage, 0) - coalesce(lignes_avant.montant_engage, 0) as ecart_montant,
        lignes.nb_titulaires < {{ seuil }} as est_petite
    from {{ model }} as lignes
    full join {{ registre('lignes', jeu) }} as lignes_avant using (num_ligne)

),

-- Late dossiers of a period that is published for good come in too, and are not followed further.
tardifs as (

    select count(*) as nombre
    from {{ entrants }}
    anti join {{ ouverts }} using (id_dossier)

)

select lignes.num_ligne
from lignes
left join departs using (num_ligne)
left join arrivees using (num_ligne)
where
    lignes.est_petite
    or departs.nb_titulaires < {{ seuil }}
    or arrivees.nb_titulaires < {{ seuil }}
    {%- for montant in tous_les_montants() %}
    or departs.nb_{{ montant }} between 1 and {{ seuil - 1 }}
    {%- endfor %}
    or (
        (select tardifs.nombre from tardifs) = 0
        and (
            lignes.ecart_dossiers <> coalesce(arrivees.nb_dossiers, 0) - coalesce(departs.nb_dossiers, 0)
            or lignes.ecart_montant <> coalesce(arrivees.montant_engage, 0) - coalesce(departs.montant_engage, 0)
        )
    )
{%- endif -%}
{% endtest %}
