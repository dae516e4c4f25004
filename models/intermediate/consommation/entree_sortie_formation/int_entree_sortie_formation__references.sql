{#- What other counts tell of the same persons, of the periods that have ended. -#}
with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}

),

evenements as (

    select * from {{ ref('int_entree_sortie_formation__evenements') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

comptes as (

    select
        'achats' as compteur,
        cast(date_trunc('month', date_validation) as date) + interval 1 month as fin,
        code_certification,
        siren_of

    from dossiers

    union all

    select
        compteur,
        cast(date_trunc('quarter', jour) as date) + interval {{ reglages().periode.mois }} month as fin,
        code_certification,
        siren_of

    from evenements

),

references_par_organisme as (

    select
        comptes.compteur,
        comptes.code_certification,
        coalesce(certifications.code_nsf_1, 'NR') as code_nsf,
        comptes.siren_of as siren_of_contractant,
        count(*) as nb_dossiers

    from comptes
    left join certifications on comptes.code_certification = certifications.code_certification
    where comptes.fin <= {{ jour_de_la_livraison() }} + 1
    group by all

)

select * from references_par_organisme
