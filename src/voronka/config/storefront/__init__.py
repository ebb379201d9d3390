"""The demo company's shop on the web: a site of somebody else's, as far as the product knows.

It stands at an origin of its own under a strict policy, has our one line of script in it, and knows of the product what
any shop may know: a key of the API, the id and the secret of its site. No Django here, no database, nothing kept: the
basket and the person signed in are in the visitor's cookies.
"""
