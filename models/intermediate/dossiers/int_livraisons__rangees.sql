with

depots as (

    select * from {{ ref('stg_atterrissage__depots') }}

),

-- Two files of one date: the one that landed last corrects the other.
rangees as (

    select
        source,
        sha256,
        cast(
            row_number() over (partition by source order by date_extraction, atterri_le, sha256) as integer
        ) as rang_livraison

    from depots

)

select * from rangees
