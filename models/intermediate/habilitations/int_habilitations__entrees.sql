with

entrees as (

    select * from {{ ref('int_portail__entrees_sorties') }}

),

dernier as (

    select max(annee_mois) as annee_mois from entrees

),

-- Twelve months up to the last one that is told; what is masked is not counted.
recentes as (

    select
        entrees.siret_of_contractant as siret_of,
        entrees.code_certification,
        sum(entrees.entrees_formation) as entrees_12_mois

    from entrees
    inner join dernier
        on
            cast(entrees.annee_mois || '-01' as date)
            > cast(dernier.annee_mois || '-01' as date) - interval 12 month
    where entrees.entrees_formation is not null
    group by entrees.siret_of_contractant, entrees.code_certification

)

select * from recentes
