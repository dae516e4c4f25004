from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_formations_engagees__totaux_cellules")
    exposed = dbt.ref("int_formations_engagees__totaux_exposes")
    silent = dbt.ref("int_formations_engagees__silences")
    return secret_model(cells, exposed, silent, "moncompteformation_formations_engagees")
