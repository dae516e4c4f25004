{{ config(materialized='view') }}

with

{{ clos(
    'moncompteformation_usagers',
    ref('int_usagers__entrants'),
    ref('int_usagers__sortants'),
    ref('int_usagers__ouverts'),
    ref('int_usagers__partition')
) }}

select * from clos
