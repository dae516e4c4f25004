with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}

),

totaux as (

    select
        titulaire,
        sum(montant_engage) as montant

    from dossiers
    group by titulaire

),

plafond as (

    select coalesce(max(montant), 0) as montant

    from totaux

)

select * from plafond
