{{ config(materialized='view') }}
select * from {{ modele('partition') }}
