{#- What is done with the rows of public exports: chosen by period, named, put together. -#}

{#- Of each period, the rows of the newest delivery that has it; of two of a day, of the last one landed. -#}
{% macro dernieres_livraisons(modele, source) -%}
    select exports.* from {{ modele }} as exports
    semi join (
        select
            periodes.debut,
            periodes.sha256_livraison,
            periodes.date_extraction
        from (select distinct debut, sha256_livraison, date_extraction from {{ modele }}) as periodes
        inner join {{ ref('stg_atterrissage__depots') }} as depots
            on
                periodes.sha256_livraison = depots.sha256
                and periodes.date_extraction = depots.date_extraction
                and depots.source = '{{ source }}'
        qualify row_number() over (
            partition by periodes.debut order by periodes.date_extraction desc, depots.atterri_le desc
        ) = 1
    ) as dernieres
        on
            exports.debut = dernieres.debut
            and exports.sha256_livraison = dernieres.sha256_livraison
            and exports.date_extraction = dernieres.date_extraction
{%- endmacro %}

{#- A text as names are compared: letters and digits, no case, accents or punctuation. -#}
{% macro comparable(texte) -%}
    trim(regexp_replace(strip_accents(lower({{ texte }})), '[^a-z0-9]+', ' ', 'g'))
{%- endmacro %}

{#- The code of a certification from its numbers, else from the label of an exception; NR where none is told. -#}
{% macro code_publie(table, exceptions) -%}
    case
        when {{ table }}.code_rncp > 0 then 'RNCP' || {{ table }}.code_rncp
        when {{ table }}.code_rs > 0 then 'RS' || {{ table }}.code_rs
        else coalesce({{ exceptions }}.code, 'NR')
    end
{%- endmacro %}

{#- A place by its code, NR where the row says one that is not known, null where it says none (remote). -#}
{% macro lieu_publie(code, condition) -%}
    case
        when {{ code }} is not null then {{ code }}
        when {{ condition }} then 'NR'
    end
{%- endmacro %}

{#- A sum that a null makes null: what is not told is not 0. -#}
{% macro somme_dite(colonne) -%}
    case when count({{ colonne }}) = count(*) then sum({{ colonne }}) end
{%- endmacro %}

{#- A mean of means, by dossiers; that of the only row as it is. -#}
{% macro moyenne_dite(colonne) -%}
    case
        when count(*) = 1 then any_value({{ colonne }})
        else sum({{ colonne }} * nb_dossiers) / nullif(sum(case when {{ colonne }} is not null then nb_dossiers end), 0)
    end
{%- endmacro %}

{#- The measures of rows that are one, as the marts say them. -#}
{% macro mesures_du_portail() -%}
    cast({{ somme_dite('nb_dossiers') }} as bigint) as nb_dossiers,
        -- Persons do not add up.
        cast(max(nb_titulaires) as bigint) as nb_titulaires,
        cast({{ moyenne_dite('prix_moyen') }} as decimal(12, 2)) as prix_moyen,
        cast({{ moyenne_dite('duree_moyenne') }} as decimal(8, 1)) as duree_moyenne,
        cast({{ somme_dite('montant_engage') }} as decimal(18, 2)) as montant_engage,
        {%- for montant in tous_les_montants() %}
        cast({{ somme_dite(montant) }} as decimal(18, 2)) as {{ montant }},
        {%- endfor %}
        count(*) as nb_lignes
{%- endmacro %}

{#- The amounts of such a row in the order of the marts, and what they say. -#}
{% macro montants_du_portail(table) -%}
    {{ table }}.montant_engage,
        cast(
            case
                when coalesce({{ table }}.montant_titulaire, {{ table }}.montant_reste_a_charge) is not null
                    then coalesce({{ table }}.montant_titulaire, 0) + coalesce({{ table }}.montant_reste_a_charge, 0)
            end as decimal(18, 2)
        ) as montant_personne,
        {%- for montant in tous_les_montants() %}
        {{ table }}.{{ montant }},
        {%- endfor %}
        case
            when
                {{ table }}.montant_non_ventile = 0
                and coalesce({% for montant in montants_finances() %}{{ table }}.{{ montant }}{{ ', ' if not loop.last }}{% endfor %}) is not null
                then 'publies'
            else 'secrets'
        end as montants_par_financeur
{%- endmacro %}
