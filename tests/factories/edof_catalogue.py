"""A small EDOF catalogue that lands, for the tests of the landing to break.

The contact persons are invented, and bear words that must be found nowhere once landed.
"""

NAMESPACE = "https://www.of.moncompteformation.gouv.fr"
DECLARATION = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
SIRET = "12312312300000"
PERSONS = ("NOMCANARI", "PRENOMCANARI", "canari@example.fr", "0199001234")

_CONTACT = (
    '<coordonnees numero="1"><nom>NOMCANARI</nom><prenom>PRENOMCANARI</prenom>{adresse}'
    "<telfixe><numtel>0199001234</numtel></telfixe><courriel>canari@example.fr</courriel>"
    "</coordonnees>"
)
_ADDRESS = (
    '<adresse numero="2"><ligne>ORGANISME</ligne><codepostal>91510</codepostal>'
    '<ville>LARDY</ville><extras info="adresse"><extra info="conformite-reglementaire">1</extra>'
    "</extras></adresse>"
)
_VERSION = 'datemaj="20260526" datecrea="20250131"'

SESSION = f"""
    <session numero="S1" {_VERSION}>
      <periode><debut>20270101</debut><fin>20271201</fin></periode>
      <adresse-inscription>{_ADDRESS}</adresse-inscription>
      <etat-recrutement>1</etat-recrutement>
      <extras info="session"><extra info="contact-inscription">{_CONTACT.format(adresse="")}</extra>
        <extra info="garantie">1</extra></extras>
    </session>"""
FEES = (
    '<extras info="frais-pedagogiques"><extra info="taux-tva">20.0</extra>'
    '<extra info="frais-ht">500.50</extra><extra info="frais-ttc">600.60</extra></extras>'
)
ACTION = f"""
  <action numero="A1" {_VERSION}>
    <niveau-entree-obligatoire>0</niveau-entree-obligatoire>
    <modalites-enseignement>0</modalites-enseignement>
    <lieu-de-formation>{_CONTACT.format(adresse=_ADDRESS)}</lieu-de-formation>
    <modalites-entrees-sorties>0</modalites-entrees-sorties>{SESSION}
    <acces-handicapes>0</acces-handicapes>
    <langue-formation>FR</langue-formation>
    <nombre-heures-centre>21</nombre-heures-centre>
    <nombre-heures-entreprise>0</nombre-heures-entreprise>
    <extras info="action">
      <extra info="contact-information">{_CONTACT.format(adresse="")}</extra>
      <extra info="code-gfe">8</extra>{FEES}</extras>
  </action>"""
FORMATION = f"""
<formation numero="F1" {_VERSION}>
  <intitule-formation>Prévention &amp; sécurité</intitule-formation>
  <objectif-formation><![CDATA[<ul><li>Un été</li></ul>]]></objectif-formation>
  <resultats-attendus>Savoir</resultats-attendus>
  <contenu-formation>Cours</contenu-formation>
  <parcours-de-formation>1</parcours-de-formation>
  <objectif-general-formation>6</objectif-general-formation>
  <certification><code-RNCP>RNCP40344</code-RNCP></certification>{ACTION}
  <organisme-formation-responsable><SIRET-organisme-formation><SIRET>{SIRET}</SIRET>
  </SIRET-organisme-formation></organisme-formation-responsable>
  <extras info="formation"><extra info="resume-contenu">Points forts</extra></extras>
</formation>"""


def formation(number: str = "F1", *changes: tuple[str, str]) -> str:
    """One valid formation, in which each text of ``changes`` is replaced once by another."""
    text = FORMATION.replace('"F1"', f'"{number}"')
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def catalog(*formations: str, encoding: str = "iso-8859-1") -> bytes:
    """A whole catalogue, one valid formation by default."""
    body = "".join(formations or (formation(),))
    head = DECLARATION.replace("ISO-8859-1", encoding.upper())
    text = f'{head}<lheo xmlns="{NAMESPACE}">\n<offres>{body}\n</offres>\n</lheo>\n'
    return text.encode(encoding)
