from orchestration.disclosure.totals import companion_model


def model(dbt, session):
    contents = dbt.ref("int_formations_engagees__contenus")
    return companion_model(contents, "moncompteformation_formations_engagees")
