{{ config(materialized='view') }}

with

{{ ouverts(
    'moncompteformation_usagers',
    ref('int_usagers__entrants'),
    ref('int_usagers__sortants'),
    ref('int_usagers__partition'),
    ['trimestre', 'code_departement_residence', 'code_genre', 'tranche_age', 'csp', 'statut_usager'],
    'trimestre',
    3
) }}

select * from ouverts
