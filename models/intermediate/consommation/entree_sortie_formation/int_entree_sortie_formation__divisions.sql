{#-
  An exit is told of an establishment only where the body has no other: what its entries leave beside is judged by
  body (compteurs.sql).
-#}
with

detail as (

    select * from {{ modele('detail') }}

),

familles as (

    select
        num_famille,
        any_value(siren_of_contractant) as siren,
        any_value({{ compteur('cohorte') }}) as compteur

    from {{ modele('etats') }}
    group by num_famille

),

divisibles as (

    select siren_of
    from {{ ref('int_entree_sortie_formation__evenements') }}
    group by siren_of
    having count(distinct siret_of) = 1

),

divisions as (

    select
        detail.num_famille,
        detail.siret_of_contractant,
        if(est_libre, detail.est_fine, false) as est_fine,
        if(est_libre, detail.num_ligne, detail.num_famille) as num_ligne

    from (
        select
            detail.*,
            familles.compteur = '{{ reglages().compteurs[0] }}' or divisibles.siren_of is not null as est_libre
        from detail
        inner join familles on detail.num_famille = familles.num_famille
        left join divisibles on familles.siren = divisibles.siren_of
    ) as detail

)

select * from divisions
