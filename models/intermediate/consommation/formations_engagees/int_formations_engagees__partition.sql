with

cellules as not materialized (

    select * from {{ ref('int_formations_engagees__cellules') }}

),

{{ lignes_quittees(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__sortants')
) }}

{{ partition_diffusion(
    'cellules',
    var('plans_diffusion')['moncompteformation_formations_engagees'],
    regles_du_secret('moncompteformation_formations_engagees'),
    quittees='quittees' if registre('moncompteformation_formations_engagees', 'lignes') else none
) }}

select * from partition_diffusion
