-- Rows that keep some columns, of all periods, leave nobody of what another count tells of the same persons,
-- or enough of them: of all purchases, those that no entry tells; of all entries, those that no exit tells.
-- Judged where this version adds such rows.
with

jour as (

    select max(date_extraction)::date as livraison
    from {{ tables.depots }}
    where source = 'dossiers'

),

-- What each reference counts of the periods that have ended.
references_brutes as (

    select
        'achats' as compteur,
        left(dossiers.siret_of, 9) as siren_of_contractant,
        dossiers.code_certification
    from {{ tables.dossiers }} as dossiers
    cross join jour
    where date_trunc('month', dossiers.date_validation) + interval 1 month <= jour.livraison + 1
    union all
    select
        {{ ecrites.compteur }} as compteur,
        siren_of_contractant,
        code_certification
    from actuels
    cross join jour
    where date_trunc('month', cohorte) + interval {{ mois }} month <= jour.livraison + 1

),

references_situees as (

    select
        membres.compteur,
        membres.siren_of_contractant,
        membres.code_certification,
        coalesce(certifications.code_nsf_1, 'NR') as code_nsf
    from references_brutes as membres
    left join coffre.intermediate.int_certifications__enrichies as certifications
        on membres.code_certification = certifications.code_certification

),

dites as (

    select
        nouvelles.* exclude (cohorte),
        {{ ecrites.compteur }} as compteur,
        true as est_neuve
    from nouvelles
    inner join recomptes using (num_ligne)
    where recomptes.num_famille not in (select num_famille from {{ tables.suites }})
    {%- if lignes_avant %}
    union all by name
    select
        * exclude (cohorte),
        {{ ecrites.compteur }} as compteur,
        false as est_neuve
    from {{ lignes_avant }}
    {%- endif %}

),

ecarts as (

    {% for reste in restes -%}
    select sommes.nombre_de_reference - sommes.nombre_dit as ecart
    from (
        select
            {{ reste.colonnes | join(', ') }},
            count_if(cote = 'reference') as nombre_de_reference,
            coalesce(sum(nb_dossiers), 0) as nombre_dit,
            coalesce(bool_or(est_neuve and compteur = '{{ reste.compteurs[0] }}'), false) as est_jugee
        from (
            select
                'reference' as cote,
                {{ reste.colonnes | join(', ') }},
                null as nb_dossiers,
                null as est_neuve,
                null as compteur
            from references_situees
            where compteur = '{{ reste.reference }}'
            union all
            select
                'lignes' as cote,
                {{ reste.colonnes | join(', ') }},
                nb_dossiers,
                est_neuve,
                compteur
            from dites
            where
                compteur in ('{{ reste.compteurs | join("', '") }}')
                and {{ reste.colonnes | join(" <> 'REGROUPE' and ") }} <> 'REGROUPE'
        )
        group by {{ reste.colonnes | join(', ') }}
    ) as sommes
    where sommes.est_jugee
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    count(*) as examines,
    count_if(ecart between 1 and {{ seuil - 1 }}) as anomalies
from ecarts
