"""The site that sells: the script of a company's sites, what visitors do there, who they are."""
