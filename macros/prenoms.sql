{#- First names usual in France, for the masks: in a sentence they tell a person from a product. -#}
{% macro prenoms() -%}
    {%- set motif -%}
        Ad[eè]le|Adeline|Adrien(?:ne)?|Agathe|Agn[eè]s|A[iï]cha|Aim[eé]e|Alain|Alban|Albert|Alexandr[ea]|Alexia|Alexis|Alice|Aline
        |Alix|Am[eé]lie|Amandine|Amina|Amine|Ana[iï]s|Andr[eé]e?|Angela|Ang[eé]lique|Anissa|Anita|Anna|Anne|Annie|Annick|Anthony
        |Antoine|Antoinette|Antonin|Antonio|Arlette|Armand|Arnaud|Arthur|Aude|Audrey|Aur[eé]lien?|Aurore|Axelle?|Baptiste|Bastien
        |B[eé]atrice|Beno[iî]t|B[eé]reng[eè]re|Bernadette|Bernard|Bertrand|Brigitte|Bruno|Camille|Carine|Carla|Carole|Caroline
        |Catherine|C[eé]cile|C[eé]dric|C[eé]line|Chantal|Charl[eè]ne|Charles|Charlotte|Chlo[eé]|Christelle|Christian(?:e)?|Christine
        |Christophe|Cindy|Claire|Clara|Claude|Claudette|Claudine|Cl[eé]mence|Cl[eé]ment|Clothilde|Colette|Coralie|Corentin|Corinne
        |Cyril|Cyrille|Damien|Daniel|Dani[eè]le|Danielle|Danny|David|D[eé]borah|Delphine|Denise?|Didier|Dominique|Dorian|Doroth[eé]e
        |Driss|Dylan|Edith|[EÉ]dith|Edouard|[EÉ]douard|[EÉ]liane|Elisabeth|[EÉ]lisabeth|Elise|[EÉ]lise|Elodie|[EÉ]lodie|Elsa|Emilie|[EÉ]milie
        |[EÉ]mile|Emma|Emmanuel(?:le)?|[EÉ]ric|Erwan|Est[eè]lle|Esther|Ethan|Etienne|[EÉ]tienne|Eug[eè]ne|Eva|Eve|[EÈ]ve|Evelyne|[EÉ]velyne
        |Fabien(?:ne)?|Fabrice|Fanny|Farid|Farida|Fatima|Fatiha|Fatou|Florence|Florent|Florian|Florine|Franck|Fran[cç]ois|Fran[cç]oise
        |Fr[eé]d[eé]ric|Fr[eé]d[eé]rique|Ga[eë]l|Ga[eë]lle|Gabriel(?:le)?|Genevi[eè]ve|Georges|G[eé]rald(?:ine)?|G[eé]rard|Germain(?:e)?
        |Ghislain(?:e)?|Gilbert|Gilles|Ginette|Gis[eè]le|Gladys|Gr[eé]goire|Gr[eé]gory|Guillaume|Gustave|Guy|Gwena[eë]l(?:le)?|Hakim|Hamid
        |Hassan|H[eé]l[eè]ne|Henri|Herv[eé]|Hubert|Hugo|Hugues|In[eè]s|Ingrid|Ir[eè]ne|Isabelle|Jacky|Jacqueline|Jacques|Jamel|Jamila|Jean
        |Jeanne|Jeannine|J[eé]r[eé]my|J[eé]r[eé]mie|J[eé]r[oô]me|Jessica|Joanna|Jo[eë]l|Jo[eë]lle|Johan|Johanna|Jonathan|Jordan|Joseph
        |Jos[eé]|Josette|Josiane|Julia|Julie|Julien|Juliette|Justine|Karen|Karim|Karima|Karine|Katia|Kevin|K[eé]vin|Khadija|Khaled|Laetitia
        |La[eë]titia|Lara|Laura|Laure|Laurence|Laurent|Laurie|L[eé]a|Leila|Le[iï]la|L[eé]o|L[eé]on|L[eé]onie|Lilian(?:e)?|Lina|Linda|Lisa
        |Lo[iï]c|Lola|Louis|Louise|Luc|Lucas|Lucie|Lucien(?:ne)?|Ludivine|Ludovic|Lydia|Lydie|Madeleine|Mae[lv]a|Ma[eë]lle|Magali|Malika
        |Manon|Manuel(?:le)?|Marc|Marcel(?:le)?|Margaux|Marguerite|Maria|Marianne|Marie|Marina|Marine|Marion|Marjorie|Marl[eè]ne|Martial
        |Martine|Maryse|Mathias|Mathieu|Matthieu|Mathilde|Mathis|Maud|Maurice|Max|Maxence|Maxime|M[eé]lanie|M[eé]lina|M[eé]lissa|Mehdi
        |Michael|Micha[eë]l|Micka[eë]l|Michel(?:e|le|ine)?|Mich[eè]le|Mireille|Mohamed|Mohammed|Monique|Morgane?|Mounir|Muriel(?:le)?|Myl[eè]ne
        |Myriam|Nabil|Nad[eè]ge|Nadia|Nadine|Najat|Nassima|Natacha|Nathalie|Nathan|Nicolas|Nicole|No[eé]mie|No[eë]l|No[eë]lle|Nora|Odette
        |Odile|Olga|Olivia|Olivier|Oph[eé]lie|Oscar|Pascal(?:e)?|Pascaline|Patricia|Patrice|Patrick|Paul|Paula|Paulette|Pauline|Peggy
        |Perrine|Philippe|Pierre|Pierrette|Pierrick|Quentin|Rachel|Rachid|Rachida|Rapha[eë]l(?:le)?|Raymond(?:e)?|R[eé]gine|R[eé]gis|R[eé]jane
        |R[eé]mi|R[eé]my|Ren[eé]e?|Richard|Rita|Robert|Robin|Rodolphe|Roger|Roland(?:e)?|Romain|Romane|Romuald|Rosa|Rose|Roxane|Sabine|Sabrina
        |Sa[iï]d|Salima|Salom[eé]|Samia|Samir|Samira|Samuel|Sandra|Sandrine|Sarah|S[eé]bastien|S[eé]gol[eè]ne|S[eé]verine|Serge|Sidonie
        |Simon(?:e)?|Sofia|Sofiane|Solange|Sol[eè]ne|Sonia|Sophie|St[eé]phan(?:e|ie)|Steve|Steven|Suzanne|Sylvain(?:e)?|Sylvette|Sylvi[ae]
        |Tania|Tatiana|Teddy|Th[eé]o|Th[eé]r[eè]se|Thibau(?:lt|t|d)|Thierry|Thomas|Tiffany|Timoth[eé]e|Tom|Tony|Tristan|Valentine?|Val[eé]rie
        |Vanessa|V[eé]ronique|Victor|Victoria|Vincent|Violaine|Virginie|Viviane|Walid|William|Xavier|Yacine|Yann|Yannick|Yasmin[ea]?|Yassine
        |Yoann?|Yohan|Yolande|Youssef|Yves|Yvette|Yvon(?:ne)?|Zahra|Zineb|Zo[eé]
    {%- endset -%}
    {{- serrer(motif) -}}
{%- endmacro %}
