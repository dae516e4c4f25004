{{ config(materialized='view') }}
select * from {{ modele('cellules') }}
