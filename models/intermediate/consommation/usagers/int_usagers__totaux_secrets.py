from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_usagers__totaux_cellules")
    exposed = dbt.ref("int_usagers__totaux_exposes")
    silent = dbt.ref("int_usagers__silences")
    return secret_model(cells, exposed, silent, "moncompteformation_usagers")
