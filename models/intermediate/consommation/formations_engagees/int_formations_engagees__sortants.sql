with

{{ sortants(
    'moncompteformation_formations_engagees',
    ref('int_formations_engagees__dossiers'),
    {
        'mois': 'annee_validation',
        'code_certification': 'code_nsf',
        'code_departement_lieu': 'code_region_lieu_formation',
        'statut_dossier': 'statut_dossier',
        'code_modalite': 'modalite_presence',
    },
    'mois',
    1,
    var('plans_diffusion')['moncompteformation_formations_engagees'],
    regles_du_secret('moncompteformation_formations_engagees')
) }}

select * from sortants
