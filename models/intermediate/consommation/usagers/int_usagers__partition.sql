with

cellules as not materialized (

    select * from {{ ref('int_usagers__cellules') }}

),

{{ partition_diffusion(
    'cellules',
    var('plans_diffusion')['moncompteformation_usagers'],
    regles_du_secret('moncompteformation_usagers')
) }}

select * from partition_diffusion
