-- Draws: a number and a purpose give the same value whatever the thread, the order and the month.
-- Purposes 0 to 39 draw for a dossier, 40 to 49 for a titulaire, 50 to 63 for a delivered version.
create macro tirage(numero, usage) as
hash(numero::bigint * 64 + usage + $graine * 1099511627776) / 18446744073709551616.0;

-- Sum of three uniform draws, centred and reduced: near enough to a Gaussian, within ± 3.
create macro gauss(numero, usage) as
2 * (
    tirage(numero::bigint + 100000000, usage)
    + tirage(numero::bigint + 200000000, usage)
    + tirage(numero::bigint + 300000000, usage) - 1.5
);

-- Delay in days whose mean is given.
create macro delai(numero, usage, moyenne) as
floor(-ln(1 - tirage(numero, usage)) * moyenne)::integer;

-- Age in years at the first dossier, by bracket then inside it; a little younger than at purchase,
-- since the next dossiers come later.
create macro age(bracket, place) as
case
    when bracket < 0.114 then 18.0 + 7.0 * place
    when bracket < 0.575 then 25.0 + 15.0 * place
    when bracket < 0.802 then 40.0 + 10.0 * place
    else 50.0 + 14.0 * place * place
end;

create macro mois_de(jour) as date_diff('month', date '2020-01-01', jour);

-- How much likelier than others somebody of an age is to be a job seeker.
create macro facteur_demandeurs_age(annees) as
case when annees < 25 then 1.2 when annees < 40 then 0.97 when annees < 50 then 0.9 else 1.05 end;

-- INSEE code: a third lives in the chef-lieu; overseas codes keep two digits for the commune.
create macro code_commune(departement, chef_lieu, commune) as
case
    when commune >= 300 then chef_lieu
    when length(departement) = 3 then departement || lpad((1 + commune % 24)::varchar, 2, '0')
    else departement || lpad((1 + commune)::varchar, 3, '0')
end;

-- 82 % of non-cadres; more manual workers among men, more clerks among women.
create macro csp(tirage_csp, femme) as
case
    when tirage_csp < 0.008 then 'AGRICULTEUR'
    when tirage_csp < 0.050 then 'ARTISAN_COMMERCANT_CHEF'
    when tirage_csp < 0.230 then 'CADRE'
    when tirage_csp < 0.420 then 'PROFESSION_INTERMEDIAIRE'
    when tirage_csp < case when femme then 0.880 else 0.660 end then 'EMPLOYE'
    when tirage_csp < 0.985 then 'OUVRIER'
    else 'SANS_ACTIVITE'
end;

-- Halves of hours, written as people do: 14, 17.5.
create macro heures_texte(heures) as
case when heures = floor(heures) then heures::integer::varchar else heures::varchar end;

-- A price in cents as bodies display it: prices.py says the same rules for the offer.
create macro pas_de_prix(prix) as
case when prix < 10000 then 500 when prix < 50000 then 1000 when prix < 200000 then 5000 else 10000 end;

create macro prix_affiche(prix, fin) as
greatest(3000, case
    when fin < 0.55 then round(prix / pas_de_prix(prix)) * pas_de_prix(prix)
    when fin < 0.72 then
        round(prix / pas_de_prix(prix)) * pas_de_prix(prix) - case when prix < 50000 then 100 else 1000 end
    when fin < 0.80 then round(prix / pas_de_prix(prix)) * pas_de_prix(prix) - 100
    when fin < 0.92 then round(prix, -3)
    when fin < 0.97 then round(prix / 1.2 / pas_de_prix(prix)) * pas_de_prix(prix) * 1.2
    else round(prix, -3) - 10
end)::integer;

create macro euros(centimes) as centimes::decimal(12, 0) * 0.01::decimal(3, 2);
