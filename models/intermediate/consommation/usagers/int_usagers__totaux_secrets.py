from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    cells = dbt.ref("int_usagers__totaux_cellules")
    exposed = dbt.ref("int_usagers__totaux_exposes")
    changed = dbt.ref("int_usagers__totaux_changements")
    silent = dbt.ref("int_usagers__silences")
    return secret_model(cells, exposed, changed, silent, "moncompteformation_usagers")
