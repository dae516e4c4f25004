from orchestration.disclosure.totals import secret_model


def model(dbt, session):
    return secret_model(dbt.ref("int_formations_engagees__totaux_cellules"), dbt.ref("int_formations_engagees__totaux_exposes"), "formations_engagees")
