from orchestration.disclosure.totals import companion_model


def model(dbt, session):
    return companion_model(
        dbt.ref("int_formations_engagees__contenus"), "moncompteformation_formations_engagees"
    )
