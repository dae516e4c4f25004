{{ config(materialized='view') }}

with

{{ entrants(
    'moncompteformation_usagers',
    ref('int_usagers__dossiers'),
    ref('int_usagers__sortants')
) }}

select * from entrants
