with

{{ communs(
    ref('int_formations_engagees__partition'),
    ref('int_formations_engagees__cellules'),
    var('ventilation')['moncompteformation_formations_engagees'],
    regles_du_secret('moncompteformation_formations_engagees')
) }}

select * from communs
