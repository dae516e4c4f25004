with

{{ diffusion(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__partition'),
    ref('int_formations_engagees__communs'),
    ref('int_formations_engagees__sortants'),
    var('plans_diffusion')['moncompteformation_formations_engagees'],
    var('ventilation')['moncompteformation_formations_engagees'],
    regles_du_secret('moncompteformation_formations_engagees')
) }}

select * from diffusion
