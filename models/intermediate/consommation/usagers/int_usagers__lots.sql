{{ config(materialized='view') }}

with

{{ lots(
    'moncompteformation_usagers',
    var('plans_diffusion')['moncompteformation_usagers'],
    var('ventilation')['moncompteformation_usagers'],
    ref('int_usagers__partition'),
    ref('int_usagers__communs'),
    ref('int_usagers__diffusion'),
    ref('int_usagers__ouverts')
) }}

select * from lots
