from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_formations_engagees__totaux_cellules")
    exposed = dbt.ref("int_formations_engagees__totaux_exposes")
    changed = dbt.ref("int_formations_engagees__totaux_changements")
    silent = dbt.ref("int_formations_engagees__silences")
    return secret_model(cells, exposed, changed, silent, "moncompteformation_formations_engagees")
