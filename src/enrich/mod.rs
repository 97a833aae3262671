//! What articles are about: companies, topics, links. Pure, but for the resolving of links.
