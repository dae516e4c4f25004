with

{{ sortants(
    'moncompteformation_usagers',
    ref('int_usagers__dossiers'),
    {
        'trimestre': 'annee_entree',
        'code_departement_residence': 'code_region_residence',
        'code_genre': 'genre',
        'tranche_age': 'tranche_age',
        'csp': 'csp',
        'statut_usager': 'statut',
    },
    'trimestre',
    3,
    var('plans_diffusion')['moncompteformation_usagers'],
    regles_du_secret('moncompteformation_usagers')
) }}

select * from sortants
