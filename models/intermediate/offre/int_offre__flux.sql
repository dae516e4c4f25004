with

depots as (

    select * from {{ ref('stg_atterrissage__depots') }}

),

flux as (

    select source from depots
    where est_courant and source in ('edof', 'portail')
    qualify row_number() over (order by atterri_le desc, source asc) = 1

)

select * from flux
