{{ config(materialized='view') }}

with

{{ clos(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__entrants'),
    ref('int_formations_engagees__sortants'),
    ref('int_formations_engagees__ouverts'),
    ref('int_formations_engagees__partition')
) }}

select * from clos
