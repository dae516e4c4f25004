with

{{ diffusion(
    'moncompteformation_usagers',
    ref('int_usagers__partition'),
    ref('int_usagers__communs'),
    ref('int_usagers__sortants'),
    var('plans_diffusion')['moncompteformation_usagers'],
    var('ventilation')['moncompteformation_usagers'],
    regles_du_secret('moncompteformation_usagers')
) }}

select * from diffusion
