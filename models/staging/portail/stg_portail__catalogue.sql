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
        numero_formation,

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
        intitule_certification,
        libelle_niveau_sortie_formation,
        libelle_code_formacode_principal,
        {%- for rang in range(1, 6) %}
        code_formacode_{{ rang }},
        code_rome_{{ rang }},
        {%- endfor %}
        {%- for rang in range(1, 4) %}
        code_nsf_{{ rang }},
        libelle_nsf_{{ rang }},
        {%- endfor %}

        -- texts
        nom_of,
        intitule_formation,
        points_forts,
        objectif_formation,
        contenu_formation,
        resultats_attendus_formation,

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
