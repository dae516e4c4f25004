{{ config(materialized='view') }}

with

{{ ouverts(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__entrants'),
    ref('int_formations_engagees__sortants'),
    ref('int_formations_engagees__partition'),
    ['mois', 'code_certification', 'code_departement_lieu', 'statut_dossier', 'code_modalite'],
    'mois',
    1
) }}

select * from ouverts
