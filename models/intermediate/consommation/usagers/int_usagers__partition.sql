with

cellules as not materialized (

    select * from {{ ref('int_usagers__cellules') }}

),

{{ lignes_quittees(
    'moncompteformation_usagers',
    ref('int_usagers__sortants')
) }}

{{ partition_diffusion(
    'cellules',
    var('plans_diffusion')['moncompteformation_usagers'],
    regles_du_secret('moncompteformation_usagers'),
    quittees='quittees' if registre('moncompteformation_usagers', 'lignes') else none
) }}

select * from partition_diffusion
