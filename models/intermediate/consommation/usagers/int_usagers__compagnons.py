from orchestration.disclosure.totals import companion_model


def model(dbt, session):
    return companion_model(dbt.ref("int_usagers__contenus"), "moncompteformation_usagers")
