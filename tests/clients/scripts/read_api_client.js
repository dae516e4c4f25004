// @opendatasoft/api-client: the queries of its documentation, as the widgets send them.
const { ApiClient, fromCatalog, field, all, not } = require("@opendatasoft/api-client");

const CATALOGUE = "moncompteformation_catalogueformation";

async function main(url) {
  const client = new ApiClient({ domain: url, apiKey: "cle-inutile" });
  const dataset = (id) => fromCatalog().dataset(id);
  const warnings = [];
  console.warn = (text) => warnings.push(text);
  let error = {};
  let missing = {};
  try {
    await client.get(dataset(CATALOGUE).records().where("prix > 3"));
  } catch (raised) {
    error = { statut: raised.response && raised.response.status, texte: raised.message };
  }
  try {
    await client.get(dataset("inconnu").itself());
  } catch (raised) {
    missing = { statut: raised.response && raised.response.status, texte: raised.message };
  }
  const found = {
    jeux: (await client.get(fromCatalog().datasets().orderBy("dataset_id"))).results.map((item) => item.dataset_id),
    jeu: (await client.get(dataset(CATALOGUE).itself())).metas.default.records_count,
    groupes: await client.get(
      dataset(CATALOGUE).records().where("nom_region:'Bretagne'").groupBy("nom_departement as d")
        .select("count(*) as n").orderBy("-n").limit(10)
    ),
    filtre: await client.get(
      dataset("types").records().where(all(field("id") + " <= 3", not("categorie is null")))
        .select("id, instant").orderBy("id desc").timezone("Europe/Paris")
    ),
    facettes: await client.get(dataset(CATALOGUE).facets().refine("nom_region:Bretagne").facet("nom_departement")),
    export: (await client.get(dataset(CATALOGUE).export("json").limit(50))).length,
    erreur: error,
    absent: missing,
    avertissements: warnings,
  };
  console.log(JSON.stringify(found));
}

main(process.argv[2]);
