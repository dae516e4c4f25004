with

organismes as (

    select * from {{ ref('stg_organismes__organismes') }}
    where siren is not null

),

paires as (

    select distinct siren from {{ ref('int_habilitations__paires') }}

),

declares as (

    select
        siren,
        bool_or(est_certifie_pour_la_formation) as est_certifie

    from organismes
    group by siren

),

-- Without a list, nobody is absent from it.
liste as (

    select count(*) as nb_organismes from declares

),

qualiopi as (

    select
        paires.siren,
        case
            when declares.siren is null and liste.nb_organismes > 0 then 1
            when not declares.est_certifie then 2
            else 0
        end as severite_qualiopi

    from paires
    cross join liste
    left join declares on paires.siren = declares.siren

)

select * from qualiopi
