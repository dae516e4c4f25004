with

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

organismes as (

    select * from {{ ref('stg_organismes__organismes') }}
    where denomination is not null

),

offreurs as (

    select distinct siret_of from formations

),

par_siret as (

    select
        siret,
        denomination

    from organismes
    where siret is not null
    qualify row_number() over (
        partition by siret order by date_derniere_declaration desc nulls last, num_organisme asc
    ) = 1

),

par_siren as (

    select * from {{ ref('int_organismes__noms') }}

),

noms as (

    select
        offreurs.siret_of,
        -- A body may trade under an establishment that did not declare itself.
        coalesce(par_siret.denomination, par_siren.denomination) as nom_of

    from offreurs
    left join par_siret on offreurs.siret_of = par_siret.siret
    left join par_siren on left(offreurs.siret_of, 9) = par_siren.siren

)

select * from noms
