from orchestration.disclosure.totals import muted_model


def model(dbt, session):
    cells = dbt.ref("int_usagers__totaux_cellules")
    exposed = dbt.ref("int_usagers__totaux_exposes")
    changed = dbt.ref("int_usagers__totaux_changements")
    silent = dbt.ref("int_usagers__silences")
    secret = dbt.ref("int_usagers__totaux_secrets")
    financed = dbt.ref("int_usagers__totaux_financements")
    return muted_model(
        cells, exposed, changed, silent, secret, financed, "moncompteformation_usagers"
    )
