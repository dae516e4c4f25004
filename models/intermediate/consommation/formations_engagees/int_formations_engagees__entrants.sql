{{ config(materialized='view') }}

with

{{ entrants(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__dossiers'),
    ref('int_formations_engagees__sortants')
) }}

select * from entrants
