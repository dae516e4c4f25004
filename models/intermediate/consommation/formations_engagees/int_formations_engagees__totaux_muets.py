from orchestration.disclosure.totals import muted_model


def model(dbt, session):
    cells = dbt.ref("int_formations_engagees__totaux_cellules")
    exposed = dbt.ref("int_formations_engagees__totaux_exposes")
    changed = dbt.ref("int_formations_engagees__totaux_changements")
    silent = dbt.ref("int_formations_engagees__silences")
    secret = dbt.ref("int_formations_engagees__totaux_secrets")
    financed = dbt.ref("int_formations_engagees__totaux_financements")
    return muted_model(
        cells, exposed, changed, silent, secret, financed, "moncompteformation_formations_engagees"
    )
