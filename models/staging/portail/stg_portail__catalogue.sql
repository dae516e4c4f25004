with

source as (

    select * from {{ source('atterrissage', 'portail_catalogue') }}

),

renamed as (

    select
        -- keys
        _num as num_ligne,
        _date_extraction as date_extraction,
        date_chargement,
        siret_of,
        siret_of || '_' || {{ masquer_les_courriels('substr(numero_formation, 16)') }} as numero_formation,

        -- places
        code_departement,
        replace(nom_departement, '’', '''') as nom_departement,
        code_region,
        replace(nom_region, '’', '''') as nom_region,
        coderegion_export,

        -- certification
        type_referentiel,
        code_rs,
        code_rncp,
        code_certifinfo,
        {{ masquer('intitule_certification') }} as intitule_certification,
        libelle_niveau_sortie_formation,
        {{ masquer('libelle_code_formacode_principal') }} as libelle_code_formacode_principal,
        {%- for rang in range(1, 6) %}
        code_formacode_{{ rang }},
        code_rome_{{ rang }},
        {%- endfor %}
        {%- for rang in range(1, 4) %}
        code_nsf_{{ rang }},
        {{ masquer('libelle_nsf_' ~ rang) }} as libelle_nsf_{{ rang }},
        {%- endfor %}

        -- texts
        {{ masquer('nom_of', personnes=false) }} as nom_of,
        {{ masquer('intitule_formation') }} as intitule_formation,
        {{ masquer('points_forts') }} as points_forts,
        {{ masquer('objectif_formation') }} as objectif_formation,
        {{ masquer('contenu_formation') }} as contenu_formation,
        {{ masquer('resultats_attendus_formation') }} as resultats_attendus_formation,

        -- measures
        nb_action,
        nb_session_active,
        nb_session_a_distance,
        {%- for mesure in ['min', 'max', 'mean'] %}
        nombre_heures_total_{{ mesure }},
        frais_ttc_tot_{{ mesure }},
        {%- endfor %}
        nbaction_nbheures

    from source

)

select * from renamed
