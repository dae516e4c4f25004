with

organismes as (

    select * from {{ ref('stg_organismes__organismes') }}
    where denomination is not null and siren is not null

),

noms as (

    select
        siren,
        denomination

    from organismes
    qualify row_number() over (
        partition by siren order by date_derniere_declaration desc nulls last, num_organisme asc
    ) = 1

)

select * from noms
