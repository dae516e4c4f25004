from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_formations_engagees__totaux_cellules")
    exposed = dbt.ref("int_formations_engagees__totaux_exposes")
    return secret_model(cells, exposed, "moncompteformation_formations_engagees")
