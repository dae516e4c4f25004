with

cellules as not materialized (

    select * from {{ ref('int_formations_engagees__cellules') }}

),

{{ partition_diffusion(
    'cellules',
    var('plans_diffusion')['moncompteformation_formations_engagees'],
    regles_du_secret('moncompteformation_formations_engagees')
) }}

select * from partition_diffusion
