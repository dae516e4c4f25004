// What TerriaJS asks of a catalogue and of a dataset with a time and a place, by the version of
// @opendatasoft/api-client that it depends on (^0.1.0, which speaks v2.0). The map itself is left out.
const { ApiClient, fromCatalog } = require("@opendatasoft/api-client");

const PAGE = 100;
const MOST = 1000;

async function group(client) {
  const { facets } = await client.get(fromCatalog().facets());
  const found = [];
  let total;
  for (let offset = 0; total === undefined || offset < total; offset += PAGE) {
    const query = fromCatalog().datasets().limit(PAGE).offset(offset).orderBy("title asc")
      .where('features = "geo" OR features = "timeserie"');
    const answer = await client.get(query);
    total = answer.total_count || 0;
    found.push(...answer.datasets.map((item) => item.dataset.dataset_id));
  }
  return { facettes: facets.map((item) => item.name).sort(), jeux: found };
}

async function item(client, name) {
  const { dataset } = await client.get(fromCatalog().dataset(name).itself());
  const first = (type) => dataset.fields.find((field) => field.type === type).name;
  const time = first("datetime");
  const place = first("geo_point_2d");
  const counted = await client.get(
    fromCatalog().dataset(name).records()
      .select(`min(${time}) as min_time, max(${time}) as max_time, count(${time}) as num`)
      .groupBy(place).limit(PAGE)
  );
  const fields = dataset.fields.filter((field) => field.type !== "geo_shape").map((field) => field.name);
  const chosen = fields.filter((field) => /^\w+$/.test(field) && field !== "select");
  const query = fromCatalog().dataset(name).records().limit(PAGE).orderBy(`${time} DESC`)
    .select(chosen.join(", "));
  const pages = Math.ceil(Math.min(MOST, dataset.metas.default.records_count) / PAGE);
  const answers = await Promise.all(
    Array.from({ length: pages }, (_, rank) => client.get(query.offset(rank * PAGE)))
  );
  const records = answers.flatMap((answer) => answer.records).map((record) => record.record);
  const byInterval = await client.get(
    fromCatalog().dataset(name).records().limit(PAGE).select(`${time}, avg(nombre) as nombre, ${place}`)
      .groupBy(`${place},RANGE(${time}, 1 day) as ${time}`)
  );
  return {
    temps: time,
    lieu: place,
    points: counted.records.length,
    mesures: counted.records.reduce((sum, record) => sum + record.record.fields.num, 0),
    lignes: records.length,
    distinctes: new Set(records.map((record) => record.id)).size,
    ordonnees: records.map((record) => record.fields[time]).filter(Boolean)
      .every((value, rank, all) => rank === 0 || new Date(all[rank - 1]) >= new Date(value)),
    places: records.filter((record) => record.fields[place] && "lat" in record.fields[place]).length,
    par_jour: byInterval.records.length,
  };
}

async function main(url) {
  const client = new ApiClient({ domain: url });
  console.log(JSON.stringify({ ...(await group(client)), ...(await item(client, "types")) }));
}

main(process.argv[2]);
