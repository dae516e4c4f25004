{{ config(materialized='view') }}

with

{{ lots(
    'moncompteformation_formations_engagees',
    var('plans_diffusion')['moncompteformation_formations_engagees'],
    var('ventilation')['moncompteformation_formations_engagees'],
    ref('int_formations_engagees__partition'),
    ref('int_formations_engagees__communs'),
    ref('int_formations_engagees__diffusion'),
    ref('int_formations_engagees__ouverts')
) }}

select * from lots
