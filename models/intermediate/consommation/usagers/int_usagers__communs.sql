with

{{ communs(
    ref('int_usagers__partition'),
    ref('int_usagers__cellules'),
    var('ventilation')['moncompteformation_usagers'],
    regles_du_secret('moncompteformation_usagers'),
    financeurs_rares(
        '(select * from ' ~ ref('int_dossiers__courants') ~ ' where not est_entre)',
        regles_du_secret('moncompteformation_usagers')
    )
) }}

select * from communs
