from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    return secret_model(dbt.ref("int_usagers__totaux_cellules"), dbt.ref("int_usagers__totaux_exposes"), "usagers")
