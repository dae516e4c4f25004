"""Why an XML document cannot be read, said in French; libxml2's own message may quote the text."""

from lxml import etree

_PROBLEMS = {
    etree.ErrorTypes.ERR_INVALID_ENCODING: "octets illisibles dans l'encodage déclaré",
    etree.ErrorTypes.ERR_INVALID_CHAR: "caractère interdit en XML",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "entité non déclarée (écrire &#160; et non &nbsp;)",
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: "« & » non échappé (écrire &amp;)",
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: "« < » non échappé (écrire &lt;)",
}
# libxml2 has one code for both: what follows « & » or « < » is no name.
_NO_NAME = {True: "« & » non échappé (écrire &amp;)", False: "« < » non échappé (écrire &lt;)"}


def xml_problem(error: etree._LogEntry, default: str) -> str:
    """Say what an entry of a parser's log is about; ``default`` when nothing is known of it."""
    if error.type == etree.ErrorTypes.ERR_NAME_REQUIRED:
        return _NO_NAME["EntityRef" in error.message]
    return _PROBLEMS.get(error.type, default)
