from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_usagers__totaux_cellules")
    exposed = dbt.ref("int_usagers__totaux_exposes")
    return secret_model(cells, exposed, "moncompteformation_usagers")
