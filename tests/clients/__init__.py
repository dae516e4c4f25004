"""Programs of others that read the portal: what they return is what the files hold.

- __main__: ``make validate-portal``; programs: the clients, each a script of ``scripts/``
- schemas: requests drawn from the OpenAPI document; server: ``cpf serve``; packages: what it serves
"""
